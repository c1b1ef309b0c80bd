#!/bin/sh
# What a person does on a new machine, done in a namespace: its own /etc, /opt, /var/lib and /var/log.
# Says `ok WHAT` for everything seen; `sh inside.sh ROOT WHEEL PACKAGES`, under `unshare --mount --net`.
set -eu
root=$1 wheel=$2 packages=$3

mount --make-rprivate /
mount -t tmpfs none /mnt
for part in etc opt root var/lib var/log; do
  mkdir -p "/mnt/$part.upper" "/mnt/$part.work"
  mount -t overlay none -o "lowerdir=/$part,upperdir=/mnt/$part.upper,workdir=/mnt/$part.work" "/$part"
done
ip link set lo up
# The interpreter of the tests may live where only root looks; on a new machine it does not.
chmod 711 /root

# The packages of this test stand for the registry's, so that nothing is fetched. They may lie in
# /tmp, which the service has for itself.
mkdir /mnt/packages
mount --bind "$packages" /mnt/packages
PIP_NO_INDEX=1 PIP_NO_DEPS=1 sh "$root/deploy/install.sh" "$wheel" >/mnt/said
[ "$(PIP_NO_INDEX=1 PIP_NO_DEPS=1 sh "$root/deploy/install.sh" "$wheel")" = "$(cat /mnt/said)" ]
echo /mnt/packages >"$(echo /opt/screener/lib/python3*/site-packages)/packages.pth"
echo "ok installed, twice"

as_service() {
  setpriv --reuid screener --regid screener --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all "$@"
}
echo "correct horse battery" |
  as_service /opt/screener/bin/screener user add ada --accounts /var/lib/screener/users.db
key=$(as_service /opt/screener/bin/screener key add intake --scope read --scope screen \
  --accounts /var/lib/screener/users.db)

install -d -m 0700 /etc/screener/tls
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=screening.example \
  -addext subjectAltName=DNS:screening.example \
  -keyout /etc/screener/tls/key.pem -out /etc/screener/tls/certificate.pem 2>/dev/null

# What the unit says with ProtectSystem=strict: everything read-only but the state and /tmp.
mkdir -p /run/screener-test
mount --bind /var/lib/screener /var/lib/screener
mount -t tmpfs none /tmp
chmod 1777 /tmp
for part in /opt /etc /usr; do mount --bind "$part" "$part" && mount -o remount,bind,ro "$part"; done

umask 077
start() {
  env -i PATH=/usr/bin:/bin $(grep -v '^#' /etc/screener/screener.env) \
    setpriv --reuid screener --regid screener --clear-groups --no-new-privs \
    --bounding-set=-all --inh-caps=-all /opt/screener/bin/screener serve --log-requests \
    >/mnt/out 2>/mnt/err &
  service=$!
  for _ in $(seq 300); do grep -q '"started"' /mnt/err && break; sleep 0.1; done
}
start
[ "$(ps -o user= -p $service)" = screener ] && echo "ok runs as its own user"
health() { as_service env $(grep -v '^#' /etc/screener/screener.env) /opt/screener/bin/python -m screener.web.health; }
health && echo "ok health check"
for place in /opt/screener/x /etc/screener/criteria/x /usr/x /var/log/x; do
  as_service sh -c ": >$place" 2>/dev/null && exit 1
done
as_service sh -c ': >/var/lib/screener/x' && echo "ok writes its own data alone"
[ "$(stat -c %a /var/lib/screener)" = 700 ] && [ "$(stat -c %a /var/lib/screener/users.db)" = 600 ] &&
  [ "$(stat -c %a /var/lib/screener/log.db)" = 600 ] && echo "ok nobody else reads it"

nginx -t -q -c /etc/nginx/nginx.conf
nginx -c /etc/nginx/nginx.conf
ask() {
  curl --silent --cacert /etc/screener/tls/certificate.pem \
    --resolve screening.example:443:127.0.0.1 --resolve screening.example:80:127.0.0.1 "$@"
}
site=https://screening.example
[ "$(ask -o /dev/null -w '%{http_code} %{redirect_url}' http://screening.example/about)" = \
  "308 $site/about" ] && echo "ok plain http leads to https"
[ "$(ask -o /dev/null -w '%{http_code} %{redirect_url}' $site/)" = "303 $site/signin" ] &&
  echo "ok nobody enters without signing in"
ask -D /mnt/head -o /dev/null $site/signin
grep -qi '^strict-transport-security: max-age' /mnt/head && echo "ok told to stay on https"
[ "$(ask -o /dev/null -w '%{http_code}' -H 'X-Remote-User: ada' $site/)" = 303 ] &&
  echo "ok a name from outside is not believed"
[ "$(ask -o /dev/null -w '%{http_code}' $site/metrics)" = 403 ] && echo "ok figures stay inside"
ask --tls-max 1.1 $site/healthz 2>/dev/null && exit 1
echo "ok nothing below TLS 1.2"
printf '{"patient": "A"}\n{"patient": "B"}\n' |
  ask -H "Authorization: Bearer $key" -H 'Content-Type: application/x-ndjson' --data-binary @- \
    "$site/api/v1/screen-many?trial=NCT01681446&as_of=2026-11-24" >/mnt/many
[ "$(grep -c undetermined /mnt/many)" = 2 ] && echo "ok a stream through TLS with a key"
grep -q "as_of\|$key" /var/log/nginx/screener.log && exit 1
echo "ok the log of the proxy names no address"

kill -HUP $service
for _ in $(seq 300); do grep -q '"reloaded"' /mnt/err && break; sleep 0.1; done
health && echo "ok rules read anew"
nginx -c /etc/nginx/nginx.conf -s quit
kill -TERM $service
wait $service && echo "ok ended with 0"
health 2>/dev/null || echo "ok the health check tells"
