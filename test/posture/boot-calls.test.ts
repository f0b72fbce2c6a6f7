import { gzipSync } from 'zlib';
import * as fc from 'fast-check';
import { EACH } from '../../src/launch-sources/places';
import { bootCalls, findBootCalls } from '../../src/posture/boot-calls';

const BASE = 'http://169.254.169.254/latest';
const URL = `${BASE}/meta-data/instance-id`;
const HEADER = 'X-aws-ec2-metadata-token';
const PUT = `TOKEN=$(curl -sX PUT ${BASE}/api/token -H '${HEADER}-ttl-seconds: 300')`;
const INLINE = `-H ${HEADER}:$(curl -sX PUT ${BASE}/api/token -H ${HEADER}-ttl-seconds:300)`;
const PS_FETCH = `Invoke-RestMethod -Method Put -Uri ${BASE}/api/token -Headers @{'${HEADER}-ttl-seconds'='300'}`;
/** Where an instance and a launch template keep it. */
const USER_DATA = [['UserData'], ['LaunchTemplateData', 'UserData']];
const lines = (...script: string[]) => script.join('\n');
const linesOf = (script: string) => findBootCalls(script).map(call => call.line);
const rewrittenOf = (script: string) => findBootCalls(script).map(call => call.rewritten);

describe('calls without a token', () => {
  test.each<[string, string, number[]]>([
    ['curl', lines('#!/bin/sh', `curl -s ${URL}`), [2]],
    ['curl with its path', `/usr/bin/curl ${URL}`, [1]],
    ['wget', `wget -qO- "${URL}"`, [1]],
    ['no scheme', 'curl 169.254.169.254/latest/meta-data/instance-id', [1]],
    ['https, port 80, double slashes', lines('curl https://169.254.169.254/latest/meta-data', 'curl http://169.254.169.254:80//latest//user-data'), [1, 2]],
    ['IPv6', 'curl http://[fd00:ec2::254]/latest/meta-data', [1]],
    ['host name', 'curl http://instance-data/latest/meta-data', [1]],
    ['full host name', 'wget instance-data.ec2.internal/latest/dynamic/instance-identity/document', [1]],
    ['host name of a Region', 'curl http://instance-data.eu-west-1.compute.internal/latest/meta-data', [1]],
    ['IPv6 in full', 'curl -g "http://[fd00:ec2:0:0:0:0:0:254]/latest/meta-data"', [1]],
    ['IPv6 of the IPv4 address', 'curl -g "http://[::ffff:169.254.169.254]/latest/meta-data"', [1]],
    ['decimal', 'curl http://2852039166/latest/meta-data', [1]],
    ['hexadecimal', 'curl http://0xA9FEA9FE/latest/meta-data', [1]],
    ['hexadecimal with dots', 'curl http://0xa9.0xfe.0xa9.0xfe/latest/meta-data', [1]],
    ['octal', 'curl http://025177524776/latest/meta-data', [1]],
    ['octal with dots', 'curl http://0251.0376.0251.0376/latest/meta-data', [1]],
    ['dated version', 'curl http://169.254.169.254/2016-09-02/meta-data/', [1]],
    ['first version', 'curl http://169.254.169.254/1.0/meta-data/', [1]],
    ['version in a variable', 'curl http://169.254.169.254/$VERSION/meta-data/', [1]],
    ['user data', `curl ${BASE}/user-data`, [1]],
    ['version alone', lines(`until curl -sf ${BASE}/; do sleep 1; done`, `wget -q "${BASE}"`), [1, 2]],
    ['no path', lines('curl -f http://169.254.169.254/', 'wget -q --spider "http://169.254.169.254"', 'until curl -s 169.254.169.254 > /dev/null; do sleep 1; done'), [1, 2, 3]],
    ['no path, host name', 'curl http://instance-data', [1]],
    ['no path, by PowerShell', "irm 'http://169.254.169.254/'", [1]],
    ['no path, address out of the proxy', 'curl --noproxy 169.254.169.254 http://169.254.169.254', [1]],
    ['port in a variable', lines('curl http://169.254.169.254:$PORT/latest/meta-data/mac', 'curl "http://169.254.169.254:${PORT}/latest/meta-data/mac"'), [1, 2]],
    ['port in a Python text', "requests.get(f'http://169.254.169.254:{port}/latest/meta-data/mac')", [1]],
    ['name resolved to the address', 'curl --resolve imds:80:169.254.169.254 http://imds/latest/meta-data/mac', [1]],
    ['connection sent to the address', lines('curl --connect-to ::169.254.169.254:80 http://x/latest/user-data', "curl --connect-to 'x:80:[fd00:ec2::254]:80' http://x/$V/meta-data/"), [1, 2]],
    ['substitution in an assignment', `ID=$(curl -s ${URL})`, [1]],
    ['backticks', lines(`ID=\`curl -s ${URL} \``, 'echo $ID'), [1]],
    ['shell continuation', lines('#!/bin/sh', 'curl \\', '  -s \\', `  ${URL}`, 'echo'), [2]],
    ['carriage returns', `#!/bin/sh\r\ncurl ${URL}\r\n`, [2]],
    ['PowerShell continuation', lines('<powershell>', 'Invoke-RestMethod `', `  -Uri ${URL}`, '</powershell>'), [2]],
    ['Invoke-RestMethod', `$id = Invoke-RestMethod -Uri ${URL}`, [1]],
    ['Invoke-WebRequest', `(Invoke-WebRequest ${URL}).Content`, [1]],
    ['irm and iwr', lines(`irm ${URL}`, `iwr -UseBasicParsing ${URL}`), [1, 2]],
    ['WebClient', `(New-Object Net.WebClient).DownloadString('${URL}')`, [1]],
    ['Windows path before a call', lines('<powershell>', 'cd C:\\', `irm ${URL}`, '</powershell>'), [3]],
    ['batch', lines('<script>', `curl ${URL}`, '</script>'), [2]],
    ['urllib', `urllib.request.urlopen("${URL}").read()`, [1]],
    ['requests', `requests.get('${URL}').text`, [1]],
    ['requests, on several lines', lines('x = requests.get(', `  "${URL}",`, '  timeout=1,', ')'), [1]],
    ['python -c', `python -c "import urllib2; print(urllib2.urlopen('${URL}').read())"`, [1]],
    ['ruby', `ruby -ropen-uri -e 'puts open("${URL}").read'`, [1]],
    ['perl', `perl -MLWP::Simple -e 'print get("${URL}")'`, [1]],
    ['node', `node -e "require('http').get('${URL}')"`, [1]],
    ['awk', `awk 'BEGIN { "curl -s ${URL}" | getline id; print id }'`, [1]],
    ['sh -c', `sh -c "curl ${URL}"`, [1]],
    ['cloud-config', lines('#cloud-config', 'runcmd:', `  - curl ${URL}`, `  - [ curl, -s, ${URL} ]`), [3, 4]],
    ['cron', `* * * * * root curl ${URL}`, [1]],
    ['JavaScript after a URL', `fetch("https://example.com"); fetch("${URL}")`, [1]],
    ['address in a variable', lines(`META=${BASE}/meta-data`, 'curl $META/instance-id'), [1, 2]],
    ['host in a variable', lines('HOST=169.254.169.254', 'curl http://${HOST}/latest/meta-data/'), [2]],
    ['variables on variables', lines(`BASE="${BASE}"`, 'META="$BASE/meta-data"', 'wget "$META/mac"'), [2, 3]],
    ['address in a PowerShell variable', lines(`$uri = '${URL}'`, 'irm $uri'), [1, 2]],
    ['address of a variable that may be set', lines('HOST="${HOST:-169.254.169.254}"', 'curl "$HOST/latest/meta-data/"'), [2]],
    ['address in a Python text', lines("HOST = '169.254.169.254'", "requests.get(f'http://{HOST}/latest/meta-data/')"), [2]],
    ['address joined in Python', lines(`BASE = "${BASE}/"`, 'url = BASE + "meta-data/mac"', 'urlopen(url)'), [2]],
    ['address joined in PowerShell', lines(`$base = '${BASE}'`, "irm ($base + '/meta-data/mac')"), [2]],
    ['address in a Ruby text', lines(`BASE = '${BASE}'`, 'puts URI.open("#{BASE}/meta-data/mac").read'), [2]],
    ['address in a table without the header', lines('$p = @{', `Uri = '${URL}'`, '}', 'irm @p'), [2]],
    ['client in a table that has the header', lines('$p = @{', `Id = curl.exe ${URL}`, `H = @{ '${HEADER}' = $t }`, '}'), [2]],
    ['path in a variable', lines('P=/latest/meta-data/mac', 'curl http://169.254.169.254$P'), [2]],
    ['path in a variable, on one line', 'P=latest/user-data; curl "http://169.254.169.254/${P}"', [1]],
    ['path from a version on', lines('P=meta-data/mac', `curl ${BASE}/$P`), [2]],
    ['host and pieces of the path in variables', lines('H=169.254.169.254', 'V=/latest', 'K=meta-data', 'curl http://$H$V/$K/mac'), [4]],
    ['path in a variable that changes', lines('P=/latest/meta-data/mac', 'curl http://169.254.169.254$P', 'P=/srv/x'), [2]],
    ['path joined in Python', lines('path = "/latest/meta-data/mac"', "requests.get('http://169.254.169.254' + path)"), [2]],
    ['path in a Python text', lines("key = 'meta-data/mac'", "requests.get(f'http://169.254.169.254/latest/{key}')"), [2]],
    ['path joined in PowerShell', lines("$p = '/latest/meta-data/mac'", "irm ('http://169.254.169.254' + $p)"), [2]],
    ['path joined in Perl', lines('my $p = "/latest/meta-data/mac";', "print get('http://169.254.169.254' . $p);"), [2]],
    ['address joined in Perl', lines(`my $base = "${BASE}";`, "print get($base . '/meta-data/mac');"), [2]],
    ['bash by its own means', lines('exec 3<>/dev/tcp/169.254.169.254/80', 'echo -e "GET /latest/meta-data/mac HTTP/1.0\\r\\n" >&3', 'cat <&3'), [2]],
    ['bash by its own means, on one line', "printf 'GET /latest/user-data HTTP/1.0\\r\\n' > /dev/tcp/169.254.169.254/80", [1]],
    ['bash by its own means, host in a variable', lines('H=169.254.169.254', 'exec {fd}<>/dev/tcp/$H/80', 'printf "GET /latest/meta-data/ HTTP/1.0\\n\\n" >&$fd'), [3]],
    ['netcat', "ID=$(printf 'GET /latest/meta-data/mac HTTP/1.0\\r\\n' | nc 169.254.169.254 80 | tail -1)", [1]],
    ['netcat in a here-document', lines('nc 169.254.169.254 80 <<EOF', 'GET /latest/meta-data/mac HTTP/1.0', '', 'EOF'), [2]],
    ['socat', "echo 'GET /latest/meta-data/mac' | socat - TCP:169.254.169.254:80", [1]],
    ['Python connection', lines("c = http.client.HTTPConnection('169.254.169.254', timeout=1)", 'c.request("GET", "/latest/meta-data/mac")'), [2]],
    ['Python connection on several lines', lines("c = HTTPConnection('169.254.169.254')", 'c.request(', "  'GET',", "  '/latest/meta-data/mac',", ')'), [2]],
    ['Python connection, path in a variable', lines("c = HTTPConnection('169.254.169.254')", "path = '/latest/user-data'", "c.request('GET', path)"), [2]],
    ['Python format', "requests.get('http://{}/latest/meta-data/mac'.format('169.254.169.254'))", [1]],
    ['Python format of old', "urlopen('http://%s/latest/meta-data/%s' % ('169.254.169.254', key))", [1]],
    ['PowerShell format', "irm ('http://{0}/latest/meta-data/mac' -f '169.254.169.254')", [1]],
    ['PowerShell format of a whole address', "irm ('{0}/latest/meta-data/{1}' -f 'http://169.254.169.254', $key)", [1]],
    ['PowerShell header table that lacks it', lines('$id = irm `', `  -Uri ${URL} -Headers @{`, '  "Accept" = "text/plain"', '  "X-Other" = "1"', '}'), [1]],
    ['after a PowerShell header table', lines(`irm -Uri ${URL} -Headers @{`, `  "${HEADER}" = $t`, '}', `irm ${URL}`), [4]],
    ['Ruby connection', lines("http = Net::HTTP.new('169.254.169.254')", "puts http.get('/latest/meta-data/mac').body"), [2]],
    ['Ruby, host and path', "puts Net::HTTP.get('169.254.169.254', '/latest/meta-data/mac')", [1]],
    ['node, host and path', lines('http.get({', "  host: '169.254.169.254',", "  path: '/latest/meta-data/mac',", '}, done)'), [1]],
    ['client with a base', lines("const imds = axios.create({ baseURL: 'http://169.254.169.254' });", "imds.get('/latest/meta-data/mac');"), [2]],
    ['address of a Python class', lines('class Imds:', `    BASE = "${BASE}"`, '    def get(self, key):', '        return urlopen(f"{self.BASE}/meta-data/{key}")'), [4]],
    ['address of a Python object', lines(`self.base = "${BASE}"`, 'urlopen(self.base + "/meta-data/mac")'), [2]],
    ['address of a JavaScript object', lines(`this.base = '${BASE}';`, 'fetch(`${this.base}/meta-data/mac`)'), [2]],
    ['path that a function is given', lines(`get() { curl -s ${BASE}/$1; }`, 'get meta-data/mac'), [1]],
    ['path that a function is given, from its version on', 'get() { curl -s "http://169.254.169.254/$1"; }', [1]],
    ['path that a Python function is given', lines('def get(path):', `    return urlopen(f"${BASE}/{path}").read()`), [2]],
    ['path that a PowerShell function is given', `function Get-It($p) { irm ("${BASE}/" + $p) }`, [1]],
    ['path in a loop', `for k in meta-data/mac user-data; do curl ${BASE}/\${k}; done`, [1]],
    ['version in a Python text', "requests.get(f'http://169.254.169.254/{version}/meta-data/')", [1]],
    ['version of a template', 'curl http://169.254.169.254/{{ version }}/meta-data/', [1]],
    ['address in a variable, never used', `export META=${BASE}/meta-data`, [1]],
    ['address in a file', `url = ${URL}`, [1]],
    ['past a trailing #', `curl "https://example.com/#top" ${URL} # done`, [1]],
    ['after a comment that ends in a backslash', lines('# see \\', `curl ${URL}`), [2]],
    ['address out of the proxy', `NO_PROXY=169.254.169.254 curl --noproxy '*' ${URL}`, [1]],
    ['printed into a file', `echo "curl ${URL}" >> /etc/rc.local`, [1]],
    ['printed into a pipe', `echo ${URL} | xargs curl`, [1]],
    ['printed into a variable', `URL=$(echo ${URL})`, [1]],
    ['printed into a script and a file', `echo "curl ${URL}" | sudo tee /etc/cron.daily/x | logger`, [1]],
    ['printed through a log into a shell', `echo "curl ${URL}" | tee /var/log/x.log | bash`, [1]],
    ['printed into a log beside a file', `echo "curl ${URL}" | tee -a /opt/x.sh`, [1]],
    ['printed into a pipe that goes on', lines(`echo "curl ${URL}" |`, 'bash'), [1]],
    ['printed in a group that goes into a file', lines('{', "echo '#!/bin/sh'", `echo "curl ${URL}"`, '} > /opt/x.sh'), [3]],
    ['printed in a group that is run', `(echo set -e; echo "curl ${URL}") | bash`, [1]],
    ['printed in a loop that goes into a file', lines('for k in mac hostname; do', `echo "curl ${BASE}/meta-data/$k"`, 'done >> /opt/x.sh'), [2]],
    ['printed into a script beside the logs', `echo "curl ${URL}" > $LOGIN_DIR/x.sh`, [1]],
    ['put into a file by sed', `sed -i 's#@URL@#${URL}#' /etc/app.conf`, [1]],
    ['call beside a search', `grep -q x /etc/y && curl ${URL}`, [1]],
    ['call in a comparison', lines(`[ "$(curl ${URL})" = x ]`, `[[ $(curl ${URL}) == i-* ]] && true`, `test \`curl ${URL}\` = x`), [1, 2, 3]],
    ['call beside a comparison', lines(`[ "$X" = y ] && curl ${URL}`, `if x == "${BASE}/meta-data": get("${URL}")`), [1, 2]],
    ['list of arguments that looks like a comparison', `- [ sh, -c, "[ a = b ] || curl ${URL}" ]`, [1]],
    ['comparison of what PowerShell requests', `if ((irm ${URL}) -eq 'x') { }`, [1]],
    ['comparison with what PowerShell requests', `if ('x' -eq "$(irm ${URL})") { }`, [1]],
    ['branch of case', lines('case $1 in', '  a)', `  curl ${URL}`, `  ;; b|c) ID=$(curl ${URL});;`, `  d) (true; curl ${URL}`, `  curl "${URL}")`, 'esac'), [3, 4, 5, 6]],
    ['what case looks at', `case "$(curl ${URL})" in i-*) true;; esac`, [1]],
    ['after case', lines('case $1 in', '  a) true;;', 'esac', `(curl ${URL}`, `${URL})`), [4, 5]],
    ['message that holds a call', lines(`print(requests.get("${URL}").text)`, `die "no answer" unless get("${URL}")`, `puts "#{open('${URL}').read}"`), [1, 2, 3]],
    ['message put into a file', `print "curl ${URL}" > /opt/x.sh`, [1]],
    ['function that runs what it prints', lines('run() { echo "+ $*"; "$@"; }', `run curl ${URL}`), [2]],
    ['function that runs it in a branch', lines('run() {', '  echo "$1"', '  if ! $1; then exit 1; fi', '}', `run "curl ${URL}"`), [5]],
    ['function that asks for what it prints', lines('try() {', '  local url="$1"', '  echo "$url"', '  X=y get "$url"', '}', `try ${URL}`), [6]],
    ['function around another that prints', lines('get() {', '  log() { echo "$1"; } # for others', '  wget "$1"', '}', `get ${URL}`), [5]],
    ['function that returns what it requests', lines('def get(url)', '  return URI.open(url).read', 'end', `get "${URL}"`), [4]],
    ['function that prints into a shell', lines('sh_run() {', '  echo "$1" | bash', '}', `sh_run "curl ${URL}"`), [4]],
    ['function that prints into a file', lines('keep() { echo "$1" >> /opt/x.sh; }', `keep "curl ${URL}"`), [2]],
    ['printed by a function, into a file', lines('log() { echo "$1"; }', `log "curl ${URL}" > /opt/x.sh`), [2]],
    ['printed in a function that goes into a shell', lines('gen() {', `  echo "curl ${URL}"`, '}', 'gen | bash'), [2]],
    ['printed in a function that goes into a file', lines(`gen() { echo "curl ${URL}"; }`, 'gen > /opt/x.sh'), [1]],
    ['printed in a function that is run', lines('gen() {', `  echo "curl ${URL}"`, '}', 'eval "$(gen)"'), [2]],
    ['here-document of a function that goes into a file', lines('gen() {', 'cat <<EOF', `curl ${URL}`, 'EOF', '}', 'gen > /opt/x.sh'), [3]],
    ['here-document of a group that goes into a file', lines('{', 'cat <<EOF', `curl ${URL}`, 'EOF', '} > /opt/x.sh'), [3]],
    ['address that a function prints', lines('url() {', `  printf '${BASE}/meta-data/%s' "$1"`, '}', 'curl "$(url mac)"'), [2]],
    ['address that a function prints, on a line', lines(`url() { echo -n "${BASE}/meta-data/$1"; }`, 'ID=$(curl $(url mac))'), [1]],
    ['address that a function prints, once used without the token', lines('url() {', `  echo "${BASE}/meta-data/$1"`, '}', `curl -H "${HEADER}: $T" "$(url a)"`, 'curl "$(url b)"'), [2]],
    ['beside a function that prints the header', lines(`hdr() { echo "${HEADER}: $T"; }`, `curl ${URL}`, `curl -H "$(hdr)" ${URL}; curl ${URL}`), [2, 3]],
    ['function that sends the token, in the path', lines(`imds() { curl -H "${HEADER}: $T" "${BASE}/$1"; }`, `curl ${BASE}/meta-data/$(imds meta-data/mac)/`), [2]],
    ['address of Ruby and JavaScript', lines(`uri = URI('${URL}')`, 'puts Net::HTTP.get(uri)', `const u = new URL('${URL}');`, 'fetch(u)'), [1, 3]],
    ['JavaScript template', 'fetch(`http://169.254.169.254/latest/meta-data/${key}`)', [1]],
    ['status, where nothing is known of 401', `CODE=$(curl -s -w '%{http_code}' ${URL})`, [1]],
    ['address unless a variable says another', lines('curl "http://${H:-169.254.169.254}/latest/meta-data/mac"', `curl "\${B:=${BASE}}/meta-data/mac"`, 'H=', 'curl "${H-http://169.254.169.254}/latest/user-data"'), [1, 2, 4]],
    ['variable that has the address unless it is empty', lines('H=169.254.169.254', 'curl "http://${H:?}/latest/meta-data/mac"'), [2]],
    ['address given to a variable that is not set', lines(': "${IMDS:=http://169.254.169.254}"', 'curl "$IMDS/latest/meta-data/mac"'), [2]],
    ['printed in a function that runs as somebody else', lines('gen() {', `  echo "curl ${URL}"`, '}', 'sudo bash -c "$(gen)"'), [2]],
    ['printed in a function that is printed into a file', lines('gen() {', `  echo "curl ${URL}"`, '}', 'echo "$(gen)" > /opt/x.sh'), [2]],
    ['given on by a function that prints', lines('log() { echo "$1"; }', 'run() {', '  log "$1"', '  $1', '}', `run "curl ${URL}"`), [6]],
    ['header that is printed into something else', lines(`echo "${HEADER}: $T" | curl ${URL}`, `echo "${HEADER}: $T" > /run/h`, `curl -H @/run/x ${URL}`), [1, 3]],
    ['entry of a mapping', lines('tasks:', '  - uri:', `      url: ${URL}`, '      timeout: 1', '  - uri:', '      url: http://localhost', `      headers: { ${HEADER}: x }`), [3]],
    ['entry whose neighbours bring it', lines('list:', `  - url: ${URL}`, `  - headers: { ${HEADER}: x }`, '  - x: y', `    url: ${URL}`, `  - headers: { ${HEADER}: x }`), [2, 5]],
    ['entry after the headers of another item', lines('list:', '  - headers:', `      ${HEADER}: x`, `  - url: ${URL}`), [4]],
    ['function that pipes the header on, in the path', lines(`imds() { printf '${HEADER}: %s' "$T" | curl -H @- "$1"; }`, `curl ${BASE}/meta-data/$(imds x)`), [2]],
    ['program in the path of a request that sends it', `curl -H "${HEADER}: $T" "${BASE}/$(python3 -c 'print(urlopen("${URL}").read())')"`, [1]],
    ['entry at the top', lines(`url: ${URL}`, `headers: { ${HEADER}: x }`), [1]],
    ['entry far from its headers', lines('list:', `  url: ${URL}`, ...Array(12).fill('  x: y'), `  headers: { ${HEADER}: x }`), [2]],
    ['item that is a command', lines('runcmd:', `  - [ curl, ${URL} ]`, `    # ${HEADER}`, `  - curl -H "${HEADER}: $T" ${URL}`, `  - curl ${URL}`), [2, 5]],
    ['client in an entry', lines('x:', `  command: curl ${URL}`, `  other: curl -H "${HEADER}: $T" ${URL}`), [2]],
    ['substitution in a log message', `logger "id $(curl ${URL})"`, [1]],
    ['process substitution', `grep -q x <(curl ${URL})`, [1]],
    ['process substitution that is printed', `bash <(echo "curl ${URL}")`, [1]],
    ['printed into a variable by printf', `printf -v CMD 'curl %s' ${URL}; $CMD`, [1]],
    ['answer printed by PowerShell', `Write-Host (Invoke-RestMethod ${URL})`, [1]],
    ['answer that PowerShell hands to grep', `grep x (irm ${URL})`, [1]],
    ['answer in text printed by PowerShell', `Write-Output "id $(irm ${URL})"`, [1]],
    ['substitution in printed text', `echo "id $(curl ${URL})"`, [1]],
    ['here-document', lines("cat > /opt/x.sh <<'EOF'", `curl ${URL}`, 'EOF'), [2]],
    ['here-document, expanded', lines('cat <<-EOF > /etc/id', `  id=$(curl ${URL})`, '  EOF', `curl ${URL}`), [2, 4]],
    ['substitution in a shown here-document', lines('cat <<EOF', `see ${URL}`, `$(curl ${URL})`, 'EOF'), [3]],
    ['shift, not a here-document', lines('echo $((1 <<x))', `curl ${URL}`), [2]],
    ['the only call that forgets the token', lines(PUT, `curl -H "${HEADER}: $TOKEN" ${URL}`, `curl ${URL}`), [3]],
    ['the only command that forgets it', `A=$(curl -H "${HEADER}: $T" ${URL}); B=$(curl ${URL})`, [1]],
    ['quoted command that forgets it', `sh -c 'curl -H "${HEADER}: $T" ${URL}; curl ${URL}'`, [1]],
    ['token fetched, not sent', `${PUT} && curl ${URL}`, [1]],
    ['ttl header only', `curl -H "${HEADER}-ttl-seconds: 60" ${URL}`, [1]],
    ['header variable of a request that went before', lines(`ID=$(curl -H "${HEADER}: $T" ${URL})`, `curl ${BASE}/meta-data/$ID`), [2]],
    ['answer of a request that sent it', lines(`$id = irm -Headers @{'${HEADER}'=$t} $u`, `irm ${BASE}/meta-data/$id`), [2]],
    ['use of an address without the token', lines(`M=${BASE}/meta-data`, `curl -H "${HEADER}: $T" $M/a`, 'curl $M/b'), [1, 3]],
    ['quoted command beside a header that is printed', `sh -c "curl -H '$(printf '${HEADER}: %s' "$T")' ${URL}; curl ${URL}"`, [1]],
    ['call beside a header that is printed', `curl -H "$(printf '${HEADER}: %s' "$T")" ${URL}; curl ${URL}`, [1]],
    ['beyond the function that sends it', lines('get() {', `  curl -H "${HEADER}: $T" "$1"`, '}', `curl ${URL}`), [4]],
  ])('%s', (_, script, expected) => {
    expect(linesOf(script)).toEqual(expected);
  });
});

describe('no calls', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['shell comment', `  # curl ${URL}`],
    ['trailing comment', `yum update -y # curl ${URL}`],
    ['trailing comment after a quote', `echo "#" '#' # ${URL}`],
    ['C++ comment', `// fetch("${URL}")`],
    ['trailing C++ comment', `run(); // fetch("${URL}")`],
    ['C comment', `/* ${URL} */`],
    ['batch comments', lines('<script>', `REM ${URL}`, `@rem ${URL}`, `:: ${URL}`, '</script>')],
    ['ini comment', `; ${URL}`],
    ['PowerShell comment', lines('<powershell>', `Get-Date # ${URL}`, '</powershell>')],
    ['PowerShell block comment', lines('<powershell>', `<# ${URL}`, `irm ${URL} #>`, 'Get-Date', '</powershell>')],
    ['here-document used as a comment', lines(": <<'END'", `curl ${URL}`, 'END')],
    ['iptables', 'iptables -A OUTPUT -d 169.254.169.254/32 -m owner ! --uid-owner 0 -j DROP'],
    ['iptables with its path', '/sbin/iptables -A OUTPUT -d 169.254.169.254/$MASK -j DROP'],
    ['iptables with a path', `sudo iptables -A OUTPUT -m string --string ${URL} -j DROP`],
    ['ip route', 'ip route add blackhole 169.254.169.254'],
    ['nft', 'nft add rule ip filter output ip daddr 169.254.169.254 drop'],
    ['ufw', 'ufw deny out to 169.254.169.254'],
    ['netsh', 'netsh interface portproxy add v4tov4 connectaddress=169.254.169.254'],
    ['route', 'route add 169.254.169.254 mask 255.255.255.255 0.0.0.0'],
    ['no_proxy', 'export no_proxy=localhost,169.254.169.254,.internal'],
    ['NO_PROXY', 'NO_PROXY="localhost,169.254.169.254"'],
    ['proxy list with a path', `no_proxy=${URL}`],
    ['proxy bypass', 'proxy_bypass: 169.254.169.254'],
    ['list of hosts', '["localhost", "169.254.169.254", "instance-data"]'],
    ['hosts file', 'echo "169.254.169.254 instance-data" >> /etc/hosts'],
    ['ping', 'ping -c1 169.254.169.254'],
    ['nc', 'nc -z 169.254.169.254 80'],
    ['no path, with the token', `curl -H "${HEADER}: $T" http://169.254.169.254/`],
    ['no path, and no client', lines('AWS_EC2_METADATA_SERVICE_ENDPOINT=http://169.254.169.254/', 'metadata_urls: ["http://169.254.169.254:80"]')],
    ['address that a client does not ask', lines(...['--noproxy 169.254.169.254', '--noproxy "169.254.169.254"', '-x 169.254.169.254', '-H "Host: 169.254.169.254"', '-o instance-data']
      .map(option => `curl ${option} https://example.com/`))],
    ['another port', lines('curl http://169.254.169.254:8181/', 'curl http://169.254.169.254:8181/latest/meta-data/mac')],
    ['name resolved to the address, with the token', `curl --resolve imds:80:169.254.169.254 -H "${HEADER}: $T" http://imds/latest/meta-data/mac`],
    ['name resolved to the address, for another path', 'curl --resolve imds:80:169.254.169.254 http://imds/health'],
    ['name resolved to another address', 'curl --resolve imds:80:10.0.0.1 http://imds/latest/meta-data/mac'],
    ['version alone, with the token', `curl -sf -H "${HEADER}: $T" ${BASE}/`],
    ['base for later', `BASE=${BASE}`],
    ['another host', 'curl http://my-instance-data/latest/meta-data http://1169.254.169.254/latest/meta-data'],
    ['another number', 'curl http://28520391660/latest/meta-data'],
    ['another path', 'aws s3 cp s3://bucket/instance-data/latest/meta-data .'],
    ['ec2-metadata', lines('ec2-metadata --instance-id', '# 169.254.169.254')],
    ['echo', `echo "see ${BASE}/meta-data"`],
    ['printf to the terminal', `printf 'see ${URL}\\n' >&2`],
    ['Write-Host', `Write-Host "see ${URL}"`],
    ['echo in a branch', lines(`if ! nc -z x 80; then echo "no ${URL}"; else echo "${URL}"; fi`, `true || { echo "no ${URL}"; exit 1; }`)],
    ['echo in cloud-config', lines('#cloud-config', 'runcmd:', `  - echo "see ${URL}"`)],
    ['echo into a log', lines(`echo "no ${URL}" >> /var/log/boot.log`, `echo "no ${URL}" >> "$LOG_FILE"`, `echo "no ${URL}" | sudo tee -a /var/log/boot.log`)],
    ['echo into the log of the system', lines(`echo "no ${URL}" | logger -t boot`, `echo "no ${URL}" | systemd-cat`)],
    ['logger', `logger -t boot "curl ${URL} failed"`],
    ['grep', lines(`grep -r "${URL}" /etc | wc -l`, `if grep -q '${URL}' /etc/x; then true; fi`, `! sudo fgrep ${URL} /etc/x`)],
    ['what sed looks for', lines(`sed -i 's#${URL}#http://localhost#' /etc/x`, `sed -i -e "s|${URL}|x|g; s,${URL},y," /etc/x`)],
    ['comparison', lines(`if [ "$X" = "${URL}" ]; then true; fi`, `[[ $X == ${BASE}/meta-data* ]]`, `! test "$X" != ${URL}`, `[[ "$X" =~ ^${URL} ]]`)],
    ['comparison of other languages', lines(`if url == "${URL}":`, `if (url !== '${URL}') {}`, `if ($u -eq '${URL}') { }`, `if ($u -notlike "${BASE}/meta-data/*") { }`)],
    ['pattern of case', lines('esac', 'case $X in', `  ${BASE}/meta-data*) true;;`, `  "${URL}"|x) true;;`, `  x | '${URL}' ) true;;`, 'esac', `case $X in ${URL}) true;; esac`)],
    ['messages', lines(...['print "%"', 'print("%")', 'print(f"%")', 'print STDERR "%"', 'puts "%"', 'warn "%"', 'die "%"', 'abort "%"', 'raise RuntimeError("%")',
      'throw new Error("%");', "console.error('%')", 'logging.info("%")', 'logger.error("%", x)', 'log.warning("%")', 'sys.stderr.write("%")']
      .map(message => message.replace('%', `no answer of ${URL}`)))],
    ['messages of PowerShell', lines('<powershell>', `Write-Warning "no ${URL}"`, `Write-EventLog -LogName x -Message "no ${URL}"`, `throw "no ${URL}"`)],
    ['message of a function on a line', lines(`usage() { echo "see ${URL}"; }`, `function help { echo "see ${URL}"; }`, `function more() { printf 'see ${URL}'; }`)],
    ['what a function prints', lines('fail() { echo "$*" >&2; exit 1; }', `fail "no ${URL}"`, `[ -n "$X" ] || fail "no ${URL}"`, `if true; then fail "no ${URL}"; fi`, `fail "no ${URL}" >&2`)],
    ['what a function prints and reports', lines('function die', '{', '  local message="$1"', '  printf "%s %s\\n" "$(date)" "$message" | tee -a /var/log/x.log', '  if [ -n "$STACK" ]; then',
      '    /opt/aws/bin/cfn-signal -e 1 --reason "$message"', '  fi', '  exit 1', '}', `die "no ${URL}"`)],
    ['what a function on a line prints, beside others', lines('log() { echo "$1"; } >&2', 'die() { echo "$1"; } # ends', 'yum install -y x', `log "no ${URL}"; die "no ${URL}"`)],
    ['what a function prints, for a file as well', lines('log() { echo "$1"; }', 'for x in a; do', '  echo x', 'done > /etc/x', `log "no ${URL}"`)],
    ['message of a function whose output is a value', lines('get() {', `  echo "no ${URL}"`, '}', 'X=$(get | head -1)')],
    ['commands shown by a function', lines('usage() {', `  echo "curl ${URL}"`, '  cat <<EOF', `curl ${URL}`, 'EOF', '}', 'usage', 'X=$(usage)')],
    ['address that a function prints, for a person', lines('url() {', `  echo "${BASE}/meta-data/$1"`, '}', 'url mac')],
    ['address that a function prints, with the token', lines('url() {', `  echo "${BASE}/meta-data/$1"`, '}', `curl -H "${HEADER}: $T" "$(url a)"`, `ID=$(curl -H "${HEADER}: $T" $(url b))`)],
    ['header that a function prints', lines(`hdr() { echo "${HEADER}: $T"; }`, `curl -H "$(hdr)" ${URL}`, `ID=$(curl -H "\`hdr\`" ${URL})`)],
    ['header and address that functions print', lines(`hdr() { echo "${HEADER}: $T"; }`, 'url() {', `  echo "${BASE}/meta-data/$1"`, '}', 'curl -H "$(hdr)" "$(url mac)"')],
    ['header that a function prints, by others', lines('hdr() {', `  printf '${HEADER}: %s' "$T"`, '}', 'H=$(hdr)', `curl -H "$H" ${URL}`, 'imds() { curl -H "$(hdr)" "$1"; }', `imds ${URL}`)],
    ['JavaScript template with the token', lines(`fetch(\`${BASE}/meta-data/\${key}\`, { headers: { '${HEADER}': t } })`,
      `const b = '${BASE}';`, `await (await fetch(\`\${b}/meta-data/mac\`, { headers: { '${HEADER}': t } })).text()`)],
    ['Ruby request', lines(`uri = URI.parse('${URL}')`, 'http = Net::HTTP.new(uri.host, uri.port)', 'req = Net::HTTP::Get.new(uri)', `req['${HEADER}'] = t`, 'http.request(req)')],
    ['JavaScript address', lines(`const u = new URL('${URL}');`, `fetch(u, { headers: { '${HEADER}': t } })`)],
    ['whether tokens are required', lines(`CODE=$(curl -s -o /dev/null -w '%{http_code}' ${BASE}/)`, 'if [ "$CODE" = 401 ]; then true; fi')],
    ['address unless a variable says another, with the token', `curl -H "${HEADER}: $T" "\${IMDS:-http://169.254.169.254}/latest/meta-data/mac"`],
    ['another address unless a variable says another', lines('IMDS=x', '# 169.254.169.254', 'curl "http://${IMDS:-localhost}/latest/meta-data/mac"')],
    ['what a function of a function prints', lines('info() { log INFO "$@"; }', 'log() {', '  local level="$1"; shift', '  echo "[$level] $*" | tee -a "$LOG_FILE"', '}', `info "see ${URL}"`)],
    ['client with header by another name', lines(`alias imds='curl -H "${HEADER}: $T"'`, `imds ${URL}`)],
    ['header in a file', lines(`echo "${HEADER}: $T" > "/run/h"`, `curl -H @/run/h ${URL}`, `curl -H "@/run/h" ${URL}`)],
    ['header through a pipe', `printf '${HEADER}: %s' "$T" | curl -H @- ${URL}`],
    ['headers of a Perl client', lines(`$ua->default_header('${HEADER}' => $t);`, `my $r = $ua->get('${URL}');`, `my $q = HTTP::Request->new(GET => '${URL}');`, `$q->header('${HEADER}' => $t);`)],
    ['entry of a mapping beside its headers', lines('tasks:', '  - uri:', `      url: ${URL}`, '      headers:', `        ${HEADER}: x`)],
    ['entry of a mapping after its headers', lines('tasks:', `  - headers: { ${HEADER}: x }`, '    timeout: 1', `    url: ${URL}`)],
    ['first entry of an item', lines('list:', `  - url: ${URL}`, `    headers: { ${HEADER}: x }`)],
    ['entry of a JSON object', lines('{', '  "input": {', `    "url": "${URL}",`, '    "headers": {', `      "${HEADER}": "x"`, '    }', '  }', '}')],
    ['argument on a line of its own', lines('check_output([', '    "curl",', `    "-H", f"${HEADER}: {t}",`, `    "${URL}",`, '])')],
    ['shown here-document', lines('cat <<EOF', `see ${URL}`, 'EOF')],
    ['token and header', lines(PUT, `curl -H "${HEADER}: $TOKEN" ${URL}`)],
    ['header in capitals', `curl -H "${HEADER.toUpperCase()}: $T" ${URL}`],
    ['fallback', lines(`TOKEN=$(curl -X PUT ${BASE}/api/token -H "${HEADER}-ttl-seconds: 60" || true)`, `curl -H "${HEADER}: $TOKEN" ${URL}`)],
    ['token in place', `curl -H "${HEADER}: $(curl -X PUT ${BASE}/api/token -H '${HEADER}-ttl-seconds: 60')" ${URL}`],
    ['header that is printed', `curl -H "$(printf '${HEADER}: %s' "$T")" ${URL}`],
    ['header that is printed, and its token fetched', `ID=$(curl -H "$(echo "${HEADER}: $(get_token)")" ${URL})`],
    ['header that is printed into a variable', lines(`HDR=$(printf '${HEADER}: %s' "$T")`, `curl -H "$HDR" ${URL}`)],
    ['header after a continuation', lines(`curl ${URL} \\`, `  -H "${HEADER}: $TOKEN"`)],
    ['header in a variable', lines(`HDR="${HEADER}: $T"`, `curl -H "$HDR" ${URL}`)],
    ['header in an array', lines(`OPTS=(-s -H "${HEADER}: $T")`, `curl "\${OPTS[@]}" ${URL}`)],
    ['header in a variable from elsewhere', lines(PUT, `curl -H "$TOKEN_HEADER" ${URL}`)],
    ['header in an array that grows', lines('OPTS=(-s)', `OPTS+=(-H "${HEADER}: $T")`, `curl "\${OPTS[@]}" ${URL}`)],
    ['client with header in a variable', lines(`CURL="curl -s -H '${HEADER}: $T'"`, `$CURL ${URL}`)],
    ['shell function', lines('get() {', `  curl -H "${HEADER}: $T" "$1"`, '}', `get ${URL}`)],
    ['shell function on a line', lines(`get() { curl -H "${HEADER}: $T" "$1"; }`, `get ${URL}`)],
    ['Python function', lines('def get(url):', `    return requests.get(url, headers={'${HEADER}': t})`, '', `print(get("${URL}"))`)],
    ['PowerShell function', lines('function Get-Meta($u) {', `  irm $u -Headers @{'${HEADER}'=$t}`, '}', `Get-Meta ${URL}`)],
    ['PowerShell table', lines('$headers = @{', `"${HEADER}" = $t`, '}', `irm -Headers $headers ${URL}`)],
    ['PowerShell table with the address as well', lines('$p = @{', `  Uri = '${URL}'`, `  Headers = @{ '${HEADER}' = $t }`, '}', 'irm @p')],
    ['PowerShell header table in place', lines(`$id = Invoke-WebRequest -Uri "${URL}" -Headers @{`, `  "${HEADER}" = $token`, '}')],
    ['PowerShell header in place', `irm -Headers @{'${HEADER}'=$t; 'A'='b'} ${URL}`],
    ['WebClient with the header', lines('$wc = New-Object Net.WebClient', `$wc.Headers.Add('${HEADER}', $t)`, `$wc.DownloadString('${URL}')`)],
    ['Python headers', lines('headers = {', `    "${HEADER}": t,`, '}', `requests.get("${URL}", headers=headers)`)],
    ['Python call on several lines', lines('requests.get(', `  "${URL}",`, `  headers={"${HEADER}": t},`, ')')],
    ['Python request', lines(`req = Request("${URL}")`, `req.add_header("${HEADER}", t)`, 'urlopen(req)')],
    ['Python session of an object', lines(`BASE = '${BASE}'`, `self.session.headers.update({'${HEADER}': t})`, "self.session.get(f'{BASE}/meta-data/mac')")],
    ['Python headers of an object', lines(`self.headers['${HEADER}'] = t`, `requests.get('${URL}', headers=self.headers)`)],
    ['address of which every use sends it', lines(`M=${BASE}/meta-data`, 'echo $M', `curl -H "${HEADER}: $T" $M/a`)],
    ['path of which every use sends it', lines('P=/latest/meta-data/mac', `curl -H "${HEADER}: $T" http://169.254.169.254$P`)],
    ['path of the token in a variable', lines('P=/latest/api/token', `curl -X PUT -H "${HEADER}-ttl-seconds: 60" http://169.254.169.254$P`)],
    ['Python connection that sends it', lines("c = HTTPConnection('169.254.169.254')", "c.request('PUT', '/latest/api/token', headers=ttl)",
      't = c.getresponse().read()', `c.request('GET', '/latest/meta-data/mac', headers={'${HEADER}': t})`)],
    ['Python connection that sends it, path in a variable', lines("c = HTTPConnection('169.254.169.254')", "path = '/latest/meta-data/mac'",
      `c.request('GET', path, headers={'${HEADER}': t})`)],
    ['bash by its own means, with the token', lines('exec 3<>/dev/tcp/169.254.169.254/80',
      `printf 'GET /latest/user-data HTTP/1.0\\r\\n${HEADER}: %s\\r\\n\\r\\n' "$T" >&3`)],
    ['host quoted for the token', lines("H='169.254.169.254'", "P='/latest/meta-data/mac'", `curl -H "${HEADER}: $T" "http://$H$P"`)],
    ['path of another host', lines("ping -c1 '169.254.169.254'", 'wget http://example.com/latest/meta-data/mac', 'aws s3 cp s3://b/latest/user-data .')],
    ['netcat that only probes', lines('nc -zw1 169.254.169.254 80', 'ls /latest/meta-data/')],
    ['host out of the proxy', lines('no_proxy="169.254.169.254"', "get('/latest/meta-data/mac')")],
    ['path that a function is given, with the token', `get() { curl -H "${HEADER}: $T" "${BASE}/$1"; }`],
    ['path of the token that a function is given', 'put() { curl -X PUT http://169.254.169.254/$1; }'],
    ['version of the path of the token', 'T=$(curl --request PUT http://169.254.169.254/$V/api/token)'],
    ['port that may be set', 'HOST="169.254.169.254${PORT:+:$PORT}"'],
    ['host that gives way to another', 'sed -i "s/169.254.169.254/$PROXY/" /etc/app.conf'],
    ['path in a variable, of another host', lines('P=/latest/meta-data/mac', 'H=169.254.169.254', 'curl http://example.com$P')],
    ['Python address of which every use sends it', lines(`M = "${BASE}/meta-data/"`, `requests.get(M + "mac", headers={"${HEADER}": t})`)],
  ])('%s', (_, script) => {
    expect(findBootCalls(script)).toEqual([]);
  });
});

describe('rewriting', () => {
  test.each<[string, string, string]>([
    ['curl', `curl -s ${URL}`, `${PUT}; curl -H "${HEADER}: $TOKEN" -s ${URL}`],
    ['assignment', `  export ID=$(curl ${URL})`, `${PUT}; export ID=$(curl -H "${HEADER}: $TOKEN" ${URL})`],
    ['backticks', `ID=\`curl ${URL}\``, `${PUT}; ID=\`curl -H "${HEADER}: $TOKEN" ${URL}\``],
    ['wget', `wget -q ${URL}`, `${PUT}; wget --header="${HEADER}: $TOKEN" -q ${URL}`],
    ['continuation', lines('curl \\', `  ${URL}`), `${PUT}; curl -H "${HEADER}: $TOKEN" ${URL}`],
    ['two calls', `curl ${URL}; wget ${URL}`, `${PUT}; curl -H "${HEADER}: $TOKEN" ${URL}; wget --header="${HEADER}: $TOKEN" ${URL}`],
    ['no call to others', `curl https://example.com; curl ${URL}`, `${PUT}; curl https://example.com; curl -H "${HEADER}: $TOKEN" ${URL}`],
    ['address in a variable', `M=${BASE}/meta-data; curl $M/mac`, `${PUT}; M=${BASE}/meta-data; curl -H "${HEADER}: $TOKEN" $M/mac`],
    ['loop', `until curl ${URL}; do sleep 1; done`, `until curl ${INLINE} ${URL}; do sleep 1; done`],
    ['elif', `elif [ "$(curl ${URL})" ]; then`, `elif [ "$(curl ${INLINE} ${URL})" ]; then`],
    ['single quotes', `sh -c 'curl ${URL}'`, `sh -c 'curl ${INLINE} ${URL}'`],
    ['double quotes', `sh -c "wget ${URL}"`, `sh -c "wget ${INLINE.replace('-H ', '--header=').replace('$', '\\$')} ${URL}"`],
    ['YAML', `- "curl ${URL}"`, `- "curl ${INLINE} ${URL}"`],
    ['double quotes in a substitution', `X=$(ssh x "curl ${URL}")`, `X=$(ssh x "curl ${INLINE.replace('$', '\\$')} ${URL}")`],
    ['double quotes, printed into a variable', `X=$(echo "curl ${URL}")`, `X=$(echo "curl ${INLINE} ${URL}")`],
    ['Python, by a shell', `x = os.popen("curl ${URL}").read()`, `x = os.popen("curl ${INLINE} ${URL}").read()`],
    ['Ruby', lines('#!/usr/bin/env ruby', `x = \`curl ${URL}\``), `x = \`curl ${INLINE} ${URL}\``],
    ['JSON', `{"command": "curl ${URL}"}`, `{"command": "curl ${INLINE} ${URL}"}`],
    ['cron', `@reboot root curl ${URL}`, `@reboot root curl ${INLINE} ${URL}`],
    ['PowerShell', `$id = irm ${URL}`, `$token = ${PS_FETCH}; $id = irm -Headers @{'${HEADER}'=$token} ${URL}`],
    ['PowerShell loop', `while (!$id) { $id = irm ${URL} }`, `while (!$id) { $id = irm -Headers @{'${HEADER}'=(${PS_FETCH})} ${URL} }`],
    ['curl alias', `$id = (curl ${URL}).Content`, `$token = ${PS_FETCH}; $id = (curl -Headers @{'${HEADER}'=$token} ${URL}).Content`],
    ['curl.exe', `$id = curl.exe -s ${URL}`, `$token = ${PS_FETCH}; $id = curl.exe -H "${HEADER}: $token" -s ${URL}`],
    ['curl.exe in a loop', `while (!$id) { $id = curl.exe ${URL}; irm x }`,
      `while (!$id) { $id = curl.exe -H "${HEADER}: $(${PS_FETCH})" ${URL}; irm x }`],
    ['WebClient', `$id = (New-Object System.Net.WebClient).DownloadString('${URL}')`,
      `$token = ${PS_FETCH}; $id = (Invoke-WebRequest -UseBasicParsing -Headers @{'${HEADER}'=$token} -Uri '${URL}').Content`],
    ['requests', `x = requests.get("${URL}", timeout=1)`,
      `x = requests.get("${URL}", headers={"${HEADER}": requests.put("${BASE}/api/token", headers={"${HEADER}-ttl-seconds": "300"}).text}, timeout=1)`],
    ['urllib', `python3 -c "from urllib import request; print(request.urlopen('${URL}').read())"`,
      `python3 -c "from urllib import request; print(request.urlopen(request.Request('${URL}', headers={'${HEADER}': request.urlopen(request.Request('${BASE}/api/token', headers={'${HEADER}-ttl-seconds': '300'}, method='PUT')).read().decode()})).read())"`],
  ])('%s', (_, script, rewritten) => {
    expect(rewrittenOf(script)).toEqual([rewritten]);
    expect(findBootCalls(rewritten)).toEqual([]);
  });

  test.each([['[fd00:ec2::254]'], ['instance-data'], ['instance-data.ec2.internal'], ['2852039166']])('%s keeps its host', host => {
    expect(rewrittenOf(`curl http://${host}/latest/meta-data`)[0]).toContain(`PUT http://${host}/latest/api/token`);
  });

  test.each<[string, string, string[]]>([
    ['statement goes on', lines('echo a |', `  grep $(curl ${URL})`), [`grep $(curl ${INLINE} ${URL})`]],
    ['quote goes on', lines("sh -c '", `curl ${URL}`, "'", `curl ${URL}`), [`curl ${INLINE} ${URL}`, `${PUT}; curl -H "${HEADER}: $TOKEN" ${URL}`]],
    ['here-document', lines('cat > x <<EOF', `curl ${URL}`, `$(curl ${URL})`, `url=${URL}`, 'EOF'), [
      `curl ${INLINE.replace('$', '\\$')} ${URL}`,
      `$(curl ${INLINE} ${URL})`,
      `url=${URL} # send the header ${HEADER}: \\$TOKEN with every request to it (${PUT.replace('$', '\\$')})`,
    ]],
    ['another token in the variable', lines('TOKEN=$(kubeadm token create)', `curl ${URL}`), [`curl ${INLINE} ${URL}`]],
  ])('%s', (_, script, rewritten) => {
    expect(rewrittenOf(script)).toEqual(rewritten);
  });

  test.each<[string, string, string]>([
    ['shell', `META=${URL}`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['client unknown', `ruby -e 'open("${URL}")'`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['Python with headers', `requests.get("${URL}", headers=h)`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['Python 2', `urllib2.urlopen("${URL}")`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['PowerShell', `$uri = '${URL}'`, ` # send the header ${HEADER}: $token with every request to it ($token = ${PS_FETCH})`],
    ['PowerShell with headers', `irm -Headers $h ${URL}`, ` # send the header ${HEADER}: $token with every request to it ($token = ${PS_FETCH})`],
    ['PowerShell in single quotes', `pwsh -c 'Invoke-RestMethod ${URL}'`,
      ` # send the header ${HEADER}: $token with every request to it ($token = ${PS_FETCH})`],
    ['Python, by no shell', `x = subprocess.check_output("curl ${URL}".split())`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['Perl', `my $x = \`curl ${URL}\`;`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['JavaScript that runs a client', `const x = execSync(\`curl ${URL}\`);`, ` // send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['Perl by its first line', lines('#!/usr/bin/perl', `print \`curl ${URL}\`;`), ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['JavaScript', `const url = '${URL}';`, ` // send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['batch', lines('<script>', `curl ${URL}`), `& REM send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['no place for a comment: JSON', `"url": "${URL}",`, ''],
    ['no place for a comment: HTTP', lines('nc 169.254.169.254 80 <<EOF', 'GET /latest/user-data HTTP/1.0', 'EOF'), ''],
    ['LWP', `GET ${URL}`, ` # send the header ${HEADER}: $TOKEN with every request to it (${PUT})`],
    ['.NET', `[System.Net.WebRequest]::Create("${URL}")`, ` # send the header ${HEADER}: $token with every request to it ($token = ${PS_FETCH})`],
    ['no place for a comment: systemd in Ignition', `{"contents":"[Service]\\nExecStart=/usr/bin/curl ${URL}\\n"}`, ''],
    ['no place for a comment: systemd', `ExecStart=/usr/bin/curl ${URL}`, ''],
    ['no place for a comment: open quote', `X="${URL}`, ''],
  ])('advice: %s', (_, script, comment) => {
    const [call] = findBootCalls(script);
    expect(call.rewritten).toBe(call.text + comment);
  });
});

describe('resources', () => {
  const script = `#!/bin/sh\ncurl ${URL}`;
  const init = (config: unknown) => ({ Metadata: { 'AWS::CloudFormation::Init': config } });
  const at = (path: string) => `Metadata.AWS::CloudFormation::Init.${path}`;

  test.each<[string, unknown, string[], string[], string[]?]>([
    ['no resource', undefined, [], []],
    ['no script', { Properties: { ImageId: 'ami' } }, [], []],
    ['user data', { Properties: { UserData: { 'Fn::Base64': script } } }, ['Properties.UserData:2'], []],
    ['launch template', { Properties: { LaunchTemplateData: { UserData: script } } }, ['Properties.LaunchTemplateData.UserData:2'], []],
    ['unread user data', { Properties: { UserData: { Ref: 'Param' } } }, [], ['Properties.UserData']],
    ['no value', { Properties: { UserData: { Ref: 'AWS::NoValue' }, LaunchTemplateData: { Ref: 'AWS::NoValue' } } }, [], []],
    ['either parent', { Properties: { LaunchTemplateData: { 'Fn::If': ['c', { UserData: script }, { UserData: { Ref: 'P' } }] } } },
      ['Properties.LaunchTemplateData.UserData:2'], ['Properties.LaunchTemplateData.UserData']],
    ['the same in both parents', { Properties: { LaunchTemplateData: { 'Fn::If': ['c', { UserData: script }, { UserData: script }] } } },
      ['Properties.LaunchTemplateData.UserData:2'], []],
    ['unknown parent', { Properties: { LaunchTemplateData: { 'Fn::Transform': {} } } }, [], ['Properties.LaunchTemplateData']],
    ['macro beside other properties', { Properties: { 'ImageId': 'ami', 'Fn::Transform': {} } }, [], ['Properties']],
    ['list on the path', { Properties: { Specs: [{}, { UserData: script }] } }, ['Properties.Specs.1.UserData:2'], [], ['Specs', EACH, 'UserData']],
    ['conditions on the path', { Properties: { Specs: { 'Fn::If': ['c', [{ 'Fn::If': ['c', { UserData: script }, { Ref: 'AWS::NoValue' }] }], { Ref: 'P' }] } } },
      ['Properties.Specs.0.UserData:2'], ['Properties.Specs'], ['Specs', EACH, 'UserData']],
    ['no list where one belongs', { Properties: { Specs: { UserData: script } } }, [], [], ['Specs', EACH, 'UserData']],
    ['a list where none belongs', { Properties: { LaunchTemplateData: [{ UserData: script }] } }, [], []],
    ['init command', init({ config: { commands: { '01_id': { command: script } } } }), [at('config.commands.01_id.command:2')], []],
    ['init command, arguments', init({ config: { commands: { a: { command: ['curl', '-s', URL] } } } }), [at('config.commands.a.command:1')], []],
    ['init test', init({ one: { commands: { a: { test: `curl ${URL}` } } } }), [at('one.commands.a.test:1')], []],
    ['init environment', init({ config: { commands: { a: { env: { URL, A: { Ref: 'P' } } } } } }), [at('config.commands.a.env.URL:1')], []],
    ['init file', init({ config: { files: { '/x.sh': { content: { 'Fn::Sub': script }, owner: { Ref: 'P' } } } } }), [at('config.files./x.sh.content:2')], []],
    ['init file in base64', init({ config: { files: { '/x': { content: Buffer.from(`url=${URL}`).toString('base64'), encoding: 'base64' } } } }),
      [at('config.files./x.content:1')], []],
    ['init JSON file', init({ config: { files: { '/x.json': { content: { url: URL, id: { Ref: 'P' }, list: [URL] } } } } }),
      [at('config.files./x.json.content.url:1'), at('config.files./x.json.content.list.0:1')], []],
    ['init source', init({ config: { files: { '/x': { source: `${BASE}/user-data` } } } }), [at('config.files./x.source:1')], []],
    ['init config in either form', init({ config: { 'Fn::If': ['c', { commands: { a: { command: script } } }, { Ref: 'AWS::NoValue' }] } }),
      [at('config.commands.a.command:2')], []],
    ['init command in either form', init({ config: { commands: { a: { command: { 'Fn::If': ['c', 'true', script] } } } } }),
      [at('config.commands.a.command:3')], []],
    ['unread init command', init({ config: { commands: { a: { command: { Ref: 'P' } }, b: { cwd: { Ref: 'P' } } } } }), [], [at('config.commands.a.command')]],
    ['unread init config', init({ config: { 'Fn::Transform': {} } }), [], [at('config')]],
    ['no script in other sections', init({
      configSets: { default: [{ ConfigSet: 'a' }, { Ref: 'P' }] },
      config: { packages: { rpm: { a: { Ref: 'P' } } }, services: { sysvinit: { a: { files: [URL] } } } },
    }), [], []],
  ])('%s', (_, resource, calls, unread, ...[paths]) => {
    const reading = bootCalls(resource, paths ? [paths] : USER_DATA);
    expect(reading.calls.map(call => `${call.path}:${call.line}`)).toEqual(calls);
    expect(reading.unread).toEqual(unread);
  });

  test('a list of arguments is rewritten as the shell line that takes its place', () => {
    const command = (argv: unknown[]) => bootCalls(init({ config: { commands: { a: { command: argv } } } }), []).calls.map(call => call.rewritten);
    expect(command(['curl', '-o', 'a b', URL])).toEqual([`${PUT}; curl -H "${HEADER}: $TOKEN" -o 'a b' ${URL}`]);
    expect(command(['sh', '-c', `curl ${URL}`])).toEqual([`sh -c 'curl ${INLINE} ${URL}'`]);
  });
});

describe('scripts within scripts', () => {
  const script = `#!/bin/sh\ncurl ${URL}\n`;
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const gzip = (text: string) => gzipSync(text).toString('base64');
  const wrapped = (text: string, indent: string) => text.replace(/.{60}/g, `$&\n${indent}`);
  const file = (encoding: string, content: string) => lines('#cloud-config', 'write_files:', '  - path: /x.sh', `    encoding: ${encoding}`, `    content: ${content}`);
  const reading = (text: string) => {
    const { calls, unread } = bootCalls({ Properties: { UserData: { 'Fn::Base64': text } } }, USER_DATA);
    return [...calls.map(call => call.text), ...unread];
  };

  test.each<[string, string]>([
    ['cloud-init file', file('b64', base64(script))],
    ['cloud-init file on several lines', file('base64', `|\n      ${wrapped(base64(script), '      ')}`)],
    ['cloud-init file, compressed', file('gz+b64', gzip(script))],
    ['cloud-init file, binary', file('gzip', `!!binary |\n      ${wrapped(gzip(script), '      ')}`)],
    ['compressed user data', gzip(script)],
    ['compressed part', lines('MIME-Version: 1.0', '--x', 'Content-Transfer-Encoding: base64', '', gzip(script), '--x--')],
    ['file within a part', lines('MIME-Version: 1.0', '--x', 'Content-Transfer-Encoding: base64', '', base64(file('b64', base64(script))), '--x--')],
    ['file in a compressed configuration', gzip(file('b64', base64(script)))],
    ['decoded by the shell', `echo ${base64(script)} | base64 -d | bash`],
    ['decoded from a here-document', lines('base64 -d > /opt/x.sh <<EOF', wrapped(base64(script), ''), 'EOF')],
    ['Bottlerocket container', lines('[settings.bootstrap-containers.x]', `user-data = "${base64(script)}"`)],
    ['Ignition file', `{"storage":{"files":[{"path":"/x","contents":{"source":"data:,${encodeURIComponent(script)}"}}]}}`],
    ['Ignition file in base64', `{"storage":{"files":[{"path":"/x","contents":{"source":"data:;base64,${base64(script)}"}}]}}`],
    ['command of PowerShell', `powershell.exe -EncodedCommand ${Buffer.from(`curl ${URL}`, 'utf16le').toString('base64')}`],
  ])('%s', (_, text) => {
    expect(reading(text)).toEqual([`curl ${URL}`]);
  });

  test('their lines are told from those of the script that holds them', () => {
    const { calls } = bootCalls({ Properties: { UserData: { 'Fn::Base64': lines('#!/bin/sh', `curl ${URL}`, `echo ${base64(script)} | base64 -d | sh`) } } }, USER_DATA);
    expect(calls.map(({ line, encoded, text }) => ({ line, encoded, text }))).toEqual([
      { line: 2, encoded: false, text: `curl ${URL}` }, { line: 2, encoded: true, text: `curl ${URL}` },
    ]);
  });

  test('what cannot be decompressed is unread, once', () => {
    const cut = gzip(script.repeat(3)).slice(0, 60);
    expect(reading(lines(file('gz+b64', cut), `  - content: ${cut}`))).toEqual(['Properties.UserData']);
  });

  test.each<[string, string]>([
    ['a compressed text without calls', file('gz+b64', gzip('#!/bin/sh\necho hi\n'))],
    ['a certificate', base64(String.fromCharCode(...Array(200).keys()))],
    ['a path', '/usr/local/share/applications/preferences/default/settings'],
    ['a broken data URL', '<img src="data:,%E0%A4%A">'],
  ])('nothing is found in %s', (_, text) => {
    expect(reading(text)).toEqual([]);
  });

  test('decompressing comes to an end', () => {
    const bomb = gzip(' '.repeat(50_000_000));
    expect(reading(file('gz+b64', bomb))).toEqual(['Properties.UserData']);
    const parts = (body: string) => lines('MIME-Version: 1.0', ...Array(200).fill(lines('--x', 'Content-Transfer-Encoding: base64', '', body)));
    expect(reading(parts(gzip(' '.repeat(900_000))))).toEqual(['Properties.UserData']);
    expect(reading(Array(200).fill(file('gz+b64', gzip(' '.repeat(900_000)))).join('\n'))).toEqual(['Properties.UserData']);
  });
});

describe('any input', () => {
  test('nothing throws', () => {
    fc.assert(fc.property(fc.anything(), value => {
      expect(bootCalls(value, USER_DATA).calls).toEqual([]);
      bootCalls({ Properties: { UserData: value, LaunchTemplateData: value }, Metadata: { 'AWS::CloudFormation::Init': value } }, USER_DATA);
    }));
  });

  test('no script breaks the detector', () => {
    const bits = ['curl ', 'wget ', 'irm ', URL, 'M=', '$M/x', '"', "'", '`', '$(', '(', ')', '{', '}', '@{', ';', '|', '&', '#', ' ', '\n', '\\', '\\\n',
      '<<EOF', 'EOF', '<powershell>\n', '<script>\n', '<#', '#>', '//', 'requests.get(', `${HEADER}:`, 'echo ', 'TOKEN='];
    fc.assert(fc.property(fc.array(fc.constantFrom(...bits), { maxLength: 30 }).map(list => list.join('')), text => {
      for (const call of findBootCalls(text)) {
        expect(call.line).toBeLessThanOrEqual(text.split('\n').length);
        expect(call.rewritten).not.toBe('');
      }
    }), { numRuns: 500 });
  });

  test('nested values come to an end', () => {
    let deep: unknown = URL;
    for (let i = 0; i < 100_000; i++) deep = { a: deep };
    expect(bootCalls({ Metadata: { 'AWS::CloudFormation::Init': deep } }, []).unread).toHaveLength(1);
  });
});
