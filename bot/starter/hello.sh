#!/bin/sh
# A job tells how it is doing in lines that begin with two colons; everything else is its log.
set -eu

name=$1
rounds=$2

round=1
while [ "$round" -le "$rounds" ]; do
  echo "::progress $((100 * round / rounds)) round $round of $rounds"
  echo "Hello, $name."
  sleep 1
  round=$((round + 1))
done

echo "::metric rounds $rounds rounds"
echo "::summary Said hello to $name $rounds times"
