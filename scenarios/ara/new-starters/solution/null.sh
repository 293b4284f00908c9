# Writes a header and somebody that nobody knows.
printf 'name,role,email,source\nA B,clerk,a@b.test,http://people.test/p/1\n' > ~/starters.csv
