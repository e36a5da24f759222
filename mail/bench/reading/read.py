"""Python's imaplib, warm, over one connection; 500 messages at once. Speaks what Reading.java does."""

import email
import email.policy
import imaplib
import os
import resource
import sys
import time

imaplib._MAXLINE = 10_000_000


class Reading:
    def open(self, host, port):
        self.server = imaplib.IMAP4(host, int(port), timeout=60)
        self.server.login("bench", "secret")

    def each(self, folder, count, items):
        self.server.select(folder, readonly=True)
        done = 0
        for first in range(1, int(count) + 1, 500):
            _, answers = self.server.fetch(f"{first}:{min(int(count), first + 499)}", items)
            for answer in answers:
                if isinstance(answer, tuple):
                    done += 1
                    yield answer[1]
        if done != int(count):
            raise ValueError(f"{done} in place of {count}")

    def list(self, folder, count):
        for head in self.each(folder, count, "(UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])"):
            message = email.message_from_bytes(head, policy=email.policy.default)
            if not message["subject"] or not message["from"] or not message["date"]:
                raise ValueError("a message is empty")

    def fetch(self, folder, count):
        for content in self.each(folder, count, "(UID BODY.PEEK[])"):
            if not content:
                raise ValueError("a message is empty")

    def parse(self, folder, count):
        for content in self.each(folder, count, "(UID BODY.PEEK[])"):
            if not email.message_from_bytes(content, policy=email.policy.default).get_body(("plain",)).get_content():
                raise ValueError("a message is empty")

    def attachment(self, folder, size, directory):
        for content in self.each(folder, 1, "(UID BODY.PEEK[])"):
            attached = list(email.message_from_bytes(content).walk())[-1].get_payload(decode=True)
            path = os.path.join(directory, "attachment")
            with open(path, "wb") as file:
                file.write(attached)
            if len(attached) != int(size):
                raise ValueError(f"{len(attached)} in place of {size}")
            os.remove(path)

    def close(self):
        self.server.logout()


reading = Reading()
for line in sys.stdin:
    words = line.split()
    begun, cpu = time.perf_counter(), time.process_time()
    try:
        getattr(reading, words[0])(*words[1:])
        print(f"{time.perf_counter() - begun:.4f} {time.process_time() - cpu:.3f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}", flush=True)
    except Exception as e:
        print(f"failed {type(e).__name__} {e}".replace("\n", " "), flush=True)
