"""Fills the Maildir folders that are read: mailboxes.py MAILDIR FOLDER KIND COUNT BYTES; prints the size of all messages, in bytes.

KIND is text (COUNT messages of about BYTES), one (COUNT links to one such message) or attachment (COUNT messages with BYTES of random data
attached to each).
"""

import base64
import os
import random
import sys

LINE = "The quick brown fox jumps over the lazy dog, and then once more for the record.\r\n"
HEAD = (
    "From: Sender {0} <sender{0}@bench.test>\r\nTo: bench@bench.test\r\nSubject: =?utf-8?q?Message_n=C2=B0_{0}?=\r\n"
    "Message-ID: <{0}@bench.test>\r\nDate: Sat, 28 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)


def unique(number, length):
    """A name as deliveries make them. With the same number in both places, dovecot's hash of names would collide thousandfold."""
    return f"{1_700_000_000 + number}.M{number * 7919 % 1_000_003}P{number % 30_011}.bench,S={length},W={length}:2,"


def write(file, number, kind, size):
    if kind != "attachment":
        head = HEAD.format(number) + "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        file.write((head + LINE * max(1, (size - len(head)) // len(LINE))).encode())
        return
    head = HEAD.format(number) + 'Content-Type: multipart/mixed; boundary="edge"\r\n\r\n--edge\r\nContent-Type: text/plain\r\n\r\nAttached.\r\n--edge\r\n'
    head += 'Content-Type: application/octet-stream; name="data.bin"\r\nContent-Disposition: attachment; filename="data.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    file.write(head.encode())
    data = random.Random(number)
    left = size
    while left:
        some = data.randbytes(min(left, 57 * 8192))
        file.write(base64.encodebytes(some).replace(b"\n", b"\r\n"))
        left -= len(some)
    file.write(b"--edge--\r\n")


maildir, folder, kind, count, size = *sys.argv[1:4], *map(int, sys.argv[4:6])
directory = os.path.join(maildir, "." + folder)
for each in ("cur", "new", "tmp"):
    os.makedirs(os.path.join(directory, each))
total = 0
first = None
for number in range(count):
    temporary = os.path.join(directory, "tmp", "message")
    if kind == "one" and first:
        os.link(first, os.path.join(directory, "cur", unique(number, length)))
    else:
        with open(temporary, "wb") as file:
            write(file, number, kind, size)
        length = os.path.getsize(temporary)
        first = os.path.join(directory, "cur", unique(number, length))
        os.rename(temporary, first)
    total += length
print(total)
