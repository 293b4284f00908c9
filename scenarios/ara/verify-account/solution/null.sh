# Looks around, and applies for a firm that the register does not have.
curl -s http://bank.test/ http://bank.test/activities
curl -s http://bank.test/v1/applications -d '{"firm": "Nobody", "register": "R-1",
  "contact": "Nobody", "activity": "none", "turnover": 1, "email": "no@mail.test",
  "phone": "+999-555-0000"}'
