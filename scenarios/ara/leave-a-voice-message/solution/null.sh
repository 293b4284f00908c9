# Reads the documentation, and calls without a token.
curl -s http://phone.test/docs | head -5
curl -s -X POST http://phone.test/v1/calls -d '{"to": "+999-555-0100", "script": "<call/>"}'
