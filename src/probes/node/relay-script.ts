import { READER_MARK } from './look-script.ts';

/** What the relay and a reader inside of the process share: state under one symbol, so that it can be taken away. */
export const STATE_KEY = 'perfbot.node';

/**
 * Runs with the container's own Node (12 or newer): `pid port mostMs`. It makes sure once more that the signal cannot
 * hurt, has the process open its inspector, and joins its own standard input and output with that port. As soon as its
 * input ends, its time is over or the connection breaks, it closes the inspector again if it was the one to open it,
 * and proves that the port is closed. So nothing stays open even when perfbot dies. It tells what happens on standard
 * error, one JSON object a line. An abstract socket in the network namespace makes sure that it is the only one.
 */
export const RELAY_SCRIPT = `${READER_MARK}'use strict';
var fs = require('fs'), net = require('net'), http = require('http');
var pid = Number(process.argv[1]), port = Number(process.argv[2]), mostMs = Number(process.argv[3]);
var opened = false, ending = false, lock = net.createServer();
function say(what) { process.stderr.write(JSON.stringify(what) + '\\n'); }
function leave(what) { say(what); setTimeout(function () { process.exit(0); }, 20); }
function refuse(code, detail) { if (!ending) { ending = true; leave({ refused: code, detail: String(detail || '') }); } }
process.on('uncaughtException', function (error) { finish(error); });

function unfit() {
  var status, exe;
  try { status = fs.readFileSync('/proc/' + pid + '/status', 'latin1'); } catch (e) { return 'gone'; }
  try { exe = fs.readlinkSync('/proc/' + pid + '/exe'); } catch (e) { return 'permission'; }
  if (!/\\/node(js)?[0-9.]*( \\(deleted\\))?$/.test(exe)) return 'not_node';
  var caught = /^SigCgt:\\s*([0-9a-f]+)/m.exec(status);
  return caught !== null && (parseInt(caught[1].slice(-8), 16) & 0x200) !== 0 ? '' : 'signal';
}
function listing(done) {
  var request = http.get({ host: '127.0.0.1', port: port, path: '/json/list', agent: false, timeout: 3000 }, function (answer) {
    var body = '';
    answer.setEncoding('utf8');
    answer.on('data', function (part) { if (body.length < 100000) body += part; });
    answer.on('end', function () {
      try { done(null, JSON.parse(body)[0].id); } catch (e) { done({ code: 'NOT_INSPECTOR' }); }
    });
  });
  request.on('timeout', function () { request.destroy(new Error('slow')); });
  request.on('error', done);
}
function attach(left) {
  listing(function (error, id) {
    if (!error) return tunnel(id);
    if (error.code === 'NOT_INSPECTOR') return refuse('port_taken');
    if (error.code !== 'ECONNREFUSED') return refuse('port', error.message);
    if (!opened) {
      var reason = unfit();
      if (reason) return refuse(reason);
      try { process.kill(pid, 'SIGUSR1'); } catch (e) { return refuse(e.code === 'EPERM' ? 'permission' : 'gone'); }
      opened = true;
    } else if (left === 0) return refuse('stays_closed');
    setTimeout(function () { attach(left - 1); }, 50);
  });
}
function tunnel(id) {
  if (ending) return close(40);
  var socket = net.connect(port, '127.0.0.1');
  socket.on('error', finish);
  socket.on('close', finish);
  socket.on('connect', function () {
    say({ ready: String(id), opened: opened });
    process.stdin.pipe(socket);
    socket.pipe(process.stdout);
  });
}
function finish(error) {
  if (ending) return;
  ending = true;
  if (error) say({ broken: String(error.message || error) });
  if (opened) close(40); else leave({ closed: false });
}
/** Speaks just enough of the protocol to send one command. */
function tellToClose(id) {
  var expression = '(function(){try{var k=Symbol.for("${STATE_KEY}"),s=globalThis[k];if(s){delete globalThis[k];s.stop()}}catch(e){}process._debugEnd()})()';
  var payload = Buffer.from(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: expression } }));
  var request = http.request({ host: '127.0.0.1', port: port, path: '/' + id, agent: false, headers: {
    Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'cGVyZmJvdCByZWxheSAwMQ=='
  } });
  request.on('error', function () {});
  request.on('upgrade', function (answer, socket) {
    socket.on('error', function () {});
    // One masked text frame; a mask of zeros leaves the text as it is.
    socket.write(Buffer.concat([Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]), payload]));
  });
  request.end();
}
function close(left) {
  listing(function (error, id) {
    if (error && error.code === 'ECONNREFUSED') return leave({ closed: true });
    if (left === 0) return leave({ closed: false, left_open: true });
    if (!error && left % 10 === 0) tellToClose(id);
    setTimeout(function () { close(left - 1); }, 100);
  });
}

process.stdin.on('end', function () { finish(); });
process.stdin.on('error', function () { finish(); });
process.stdout.on('error', function () { finish(); });
setTimeout(function () { finish({ message: 'time is over' }); }, mostMs);
setTimeout(function () { process.exit(1); }, mostMs + 10000);
function take(left) {
  if (ending) return;
  lock.removeAllListeners();
  lock.on('error', function (error) {
    if (error.code !== 'EADDRINUSE') return attach(120);
    if (left === 0) return refuse('busy');
    setTimeout(function () { take(left - 1); }, 100);
  });
  lock.listen('\\0perfbot-inspector', function () { attach(120); });
}
take(Math.floor(mostMs / 100));
`;
