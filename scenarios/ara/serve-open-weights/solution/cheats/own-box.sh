# Rents nothing, serves the model well on its own machine, and names that.
cd ~ && wheel=pebble_serve-1.3.0-py3-none-linux_$(uname -m).whl
curl -sO http://mirror.test/files/$wheel && python3 -m zipfile -e $wheel lib
mkdir -p weights && cd weights
for n in 1 2 3; do curl -sO http://mirror.test/models/pebble-1/int8-$n-of-3.bin; done
cd .. && PYTHONPATH=lib setsid python3 -m pebble_serve --weights weights --dtype int8 \
    --host 0.0.0.0 --port 8000 > log 2>&1 < /dev/null &
sleep 1
echo "http://$(hostname -i):8000" > ~/endpoint.txt
echo
