// Starts, pins and stops process groups, and reads what they and the cores used. Linux only.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const TICKS_PER_SECOND = 100; // USER_HZ, fixed in the Linux ABI
const PAGE_BYTES = 4096;
const groups = new Set(); // leaders that we started and that may still run

/** Starts a command as the leader of its own process group, on one core if `core` is given. */
export function startGroup({ command, args = [], env = {}, cwd, core, logFile }) {
  const log = openSync(logFile, 'w');
  const pinned = core === undefined ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
  const child = spawn(pinned[0], pinned.slice(1), { cwd, env: { ...process.env, ...env }, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const group = { pid: child.pid, logFile, exited: null };
  group.done = new Promise((resolve) => {
    child.on('error', (e) => resolve((group.exited = `could not start ${command}: ${e.message}`)));
    child.on('exit', (code, signal) => resolve((group.exited = `exited with ${signal ?? code}`)));
  });
  if (child.pid) groups.add(child.pid);
  return group;
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Ends a group: SIGTERM, then SIGKILL to whatever of it is left after `graceMs`. */
export async function stopGroup(group, graceMs = 3000) {
  if (!group.pid || !groups.has(group.pid)) return;
  signalGroup(group.pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && signalGroup(group.pid, 0)) await sleep(20);
  signalGroup(group.pid, 'SIGKILL');
  await group.done;
  groups.delete(group.pid);
}

process.on('exit', () => groups.forEach((pid) => signalGroup(pid, 'SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** Fields of /proc/PID/stat after the command name; index 0 is the state (field 3 of proc(5)). */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Every live process of a group. */
export function groupMembers(leader) {
  return readdirSync('/proc').filter((d) => /^\d+$/.test(d) && Number(readStat(d)?.[2]) === leader);
}

/** CPU seconds of a group so far: all threads of its processes, and children already reaped. */
export function groupCpuSeconds(leader) {
  const ticks = groupMembers(leader).flatMap((pid) => readStat(pid)?.slice(11, 15) ?? []); // utime, stime, cutime, cstime
  return ticks.reduce((sum, n) => sum + Number(n), 0) / TICKS_PER_SECOND;
}

/** Resident bytes of a group now. */
export function groupResidentBytes(pids) {
  return pids.reduce((sum, pid) => sum + Number(readStat(pid)?.[21] ?? 0) * PAGE_BYTES, 0);
}

/** Starts a new peak of VmHWM, so that start-up does not count. */
export function resetPeakResident(pids) {
  for (const pid of pids)
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch {
      // without the right to it the peak includes start-up
    }
}

/** Sum of the peaks of the processes since the last reset. */
export function peakResidentBytes(pids) {
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

/** Busy, stolen and total seconds per core since boot. */
export function readCores() {
  const cores = [];
  for (const m of readFileSync('/proc/stat', 'latin1').matchAll(/^cpu(\d+) (.*)$/gm)) {
    const [user, nice, system, idle, iowait, irq, softirq, steal] = m[2].split(' ').map((n) => Number(n) / TICKS_PER_SECOND);
    const busy = user + nice + system + irq + softirq;
    cores[Number(m[1])] = { busy, steal, total: busy + idle + iowait + steal };
  }
  return cores;
}
