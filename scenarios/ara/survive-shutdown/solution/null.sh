# Starts the worker where it is, which is not a server.
cd ~ && (timeout 2 python3 worker.py | head -c 2000)
echo
