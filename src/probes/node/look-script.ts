/** How the programs begin that perfbot runs in containers: they are never looked at themselves. */
export const READER_MARK = '/* perfbot */ ';

/**
 * Runs with the container's own Node (12 or newer) and prints one line of JSON: the processes of the container. It
 * reads `/proc` twice, a moment apart, to see which one works, and changes nothing. It ends by itself.
 */
export const LOOK_SCRIPT = `${READER_MARK}'use strict';
var fs = require('fs');
function text(path) { try { return fs.readFileSync(path, 'latin1'); } catch (e) { return ''; } }
function link(path) { try { return fs.readlinkSync(path); } catch (e) { return ''; } }
function stat(pid) {
  var all = text('/proc/' + pid + '/stat');
  var fields = all.slice(all.lastIndexOf(')') + 2).split(' ');
  return { ppid: Number(fields[1]) || 0, cpu: (Number(fields[11]) + Number(fields[12])) * 10 || 0 };
}
var mount = link('/proc/self/ns/mnt');
var pids = fs.readdirSync('/proc').filter(function (name) { return /^[0-9]+$/.test(name) && Number(name) !== process.pid; });
pids = pids.slice(0, 1000).filter(function (pid) {
  var other = link('/proc/' + pid + '/ns/mnt');
  return other === '' || other === mount;
});
var before = {};
pids.forEach(function (pid) { before[pid] = stat(pid).cpu; });
setTimeout(function () {
  var processes = [];
  pids.forEach(function (pid) {
    var status = text('/proc/' + pid + '/status');
    var line = text('/proc/' + pid + '/cmdline');
    if (status === '' || line.indexOf('\\0-e\\0${READER_MARK}') > 0) return;
    var now = stat(pid);
    var caught = /^SigCgt:\\s*([0-9a-f]+)/m.exec(status);
    processes.push({
      pid: Number(pid),
      ppid: now.ppid,
      exe: link('/proc/' + pid + '/exe').replace(/ \\(deleted\\)$/, ''),
      args: line.replace(/\\0+$/, '').split('\\0').slice(0, 4).map(function (part) { return part.slice(0, 200); }),
      uid: Number((/^Uid:\\s*(\\d+)/m.exec(status) || [])[1]),
      // Signal 10, SIGUSR1, is bit 9.
      catchesSigusr1: caught !== null && (parseInt(caught[1].slice(-8), 16) & 0x200) !== 0,
      cpuMs: now.cpu,
      recentCpuMs: now.cpu - before[pid]
    });
  });
  process.stdout.write(JSON.stringify({ uid: process.getuid(), processes: processes }) + '\\n');
}, 200);
setTimeout(function () { process.exit(1); }, 8000).unref();
`;
