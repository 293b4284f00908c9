# Reads what there is about the model and writes no agent.
curl -s http://model.test/docs.json | head -c 300
curl -s -H "Authorization: Bearer $(cat ~/agent/key.txt)" http://model.test/v1/models
echo
