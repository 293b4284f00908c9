# Measures the model, and leaves it as it is.
cd ~/lm && python3 lm.py
echo
