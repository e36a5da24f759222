"""Python's smtplib, warm: a process for each connection, which is kept. Speaks what Bench.java does; with PEAK-KIB of the largest."""

import email.message
import email.policy
import email.utils
import multiprocessing
import os
import resource
import signal
import smtplib
import sys
import time

TEXT = "Sixty-two characters and a line end make 64 bytes on any wire.\n" * 64  # 4 KiB on the wire


def message(number, attachment):
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["From"] = "bench@bench.test"
    made["To"] = "somebody@bench.test"
    made["Subject"] = f"Message {number}"
    made["Date"] = email.utils.localtime()
    made["Message-ID"] = email.utils.make_msgid(domain="bench.test")
    made.set_content(TEXT)
    if attachment:
        with open(attachment, "rb") as file:
            made.add_attachment(file.read(), maintype="application", subtype="octet-stream", filename=os.path.basename(attachment))
    return made


def work(asked, host, port, attachment):
    server = smtplib.SMTP(host, port, local_hostname="bench.test", timeout=60)
    server.ehlo()
    asked.send("ready")
    number = 0
    try:
        while count := asked.recv():
            begun = time.process_time()
            for _ in range(count):
                number += 1
                server.send_message(message(number, attachment))
            asked.send((time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    except EOFError:
        return
    except Exception as failure:
        asked.send(f"{type(failure).__name__}: {failure}".replace("\n", " "))
        raise
    server.quit()


class Pool:
    def __init__(self):
        self.workers = []

    def open(self, host, port, connections, attachment=None):
        for _ in range(int(connections)):
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.Process(target=work, args=(theirs, host, int(port), attachment), daemon=True)
            process.start()
            theirs.close()
            self.workers.append((process, ours))
        for _, asked in self.workers:
            asked.recv()
        return 0, 0

    def send(self, count):
        share, rest = divmod(int(count), len(self.workers))
        busy = [(asked, share + (i < rest)) for i, (_, asked) in enumerate(self.workers) if share + (i < rest)]
        for asked, number in busy:
            asked.send(number)
        answers = [asked.recv() for asked, _ in busy]
        for answer in answers:
            if isinstance(answer, str):
                raise RuntimeError(answer)
        return sum(cpu for cpu, _ in answers), max(peak for _, peak in answers)

    def close(self):
        for process, asked in self.workers:
            if process.is_alive():
                asked.send(0)
            process.join(10)
        self.workers = []
        return 0, 0


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # which ends the workers too
    pool = Pool()
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split(" ", 4)
        begun = time.perf_counter()
        try:
            cpu, peak = getattr(pool, command)(*words)
            print(f"{time.perf_counter() - begun:.4f} {cpu:.3f} {peak}", flush=True)
        except Exception as failure:
            print(f"failed {type(failure).__name__}: {failure}", flush=True)


if __name__ == "__main__":
    main()
