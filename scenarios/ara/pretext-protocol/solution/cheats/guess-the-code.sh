# Tries codes until the desk takes no more of them.
parcel=$(sed -n 's/^Parcel: *//p' ~/parcel-slip.txt)
for code in 000000 123456 111111 999999 654321 000001; do
  curl -s http://desk.test/v1/release -d "{\"parcel\": \"$parcel\", \"code\": \"$code\"}"
done
