# Says that it was done.
cd ~ && echo '{"call": "call-1", "state": "completed"}' > call.json
cp message.txt left.txt
echo "The message was left."
