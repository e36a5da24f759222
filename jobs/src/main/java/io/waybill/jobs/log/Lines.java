package io.waybill.jobs.log;

import java.util.Arrays;

/** Finds where lines begin and end in bytes of UTF-8, in which no other byte is a line feed. */
final class Lines {
  private Lines() {}

  /** Returns bytes without the part of a line with which they begin; all of them if it is alone. */
  static byte[] withoutBroken(byte[] bytes) {
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] == '\n') {
        return Arrays.copyOfRange(bytes, i + 1, bytes.length);
      }
    }
    return bytes;
  }

  /** Returns how many of the bytes are whole lines; all of them if there is no end of a line. */
  static int wholeLength(byte[] bytes) {
    for (int i = bytes.length; i > 0; i--) {
      if (bytes[i - 1] == '\n') {
        return i;
      }
    }
    return bytes.length;
  }
}
