#!/bin/sh
# Installs screener as a service: `sh deploy/install.sh WHEEL`, as root, from a checkout.
# Run again with a newer wheel it upgrades; settings, rules, users and the log stay as they are.
set -eu

wheel=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
python=${PYTHON:-python3}

# A user that owns nothing but its data.
getent group screener >/dev/null || groupadd --system screener
getent passwd screener >/dev/null ||
  useradd --system --gid screener --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin screener
install -d -o screener -g screener -m 0700 /var/lib/screener

# The program: root's, read-only to everybody.
[ -d /opt/screener ] || "$python" -m venv /opt/screener
/opt/screener/bin/python -m pip install --quiet --upgrade "$wheel[web]"
chmod -R go-w,a+rX /opt/screener

# Settings and rules: written by root, read by the service.
install -d -m 0755 /etc/screener
[ -f /etc/screener/screener.env ] || install -m 0644 "$here/screener.env" /etc/screener/screener.env
[ -d /etc/screener/criteria ] || cp -R "$here/../criteria" /etc/screener/criteria
chmod -R go-w,a+rX /etc/screener/criteria
install -D -m 0644 "$here/screener.service" /etc/systemd/system/screener.service
[ -d /etc/nginx/conf.d ] && install -m 0644 "$here/nginx.conf" /etc/nginx/conf.d/screener.conf

echo "installed; next:"
echo "  setpriv --reuid screener --regid screener --clear-groups \\"
echo "    /opt/screener/bin/screener user add NAME --accounts /var/lib/screener/users.db"
echo "  put the certificate in /etc/screener/tls, the name of the server in"
echo "  /etc/screener/screener.env and /etc/nginx/conf.d/screener.conf"
echo "  systemctl daemon-reload && systemctl enable --now screener && systemctl reload nginx"
