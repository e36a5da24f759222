package io.waybill.jobs.log;

/** Remembers the last bytes of what goes by, in a ring. */
final class LastLines {
  private final byte[] ring;
  private long seen;

  LastLines(int capacity) {
    ring = new byte[capacity];
  }

  void add(byte[] line) {
    int from = Math.max(0, line.length - ring.length);
    seen += from;
    for (int i = from; i < line.length; ) {
      int at = (int) (seen % ring.length);
      int length = Math.min(line.length - i, ring.length - at);
      System.arraycopy(line, i, ring, at, length);
      i += length;
      seen += length;
    }
  }

  /** Returns how many bytes went by. */
  long seen() {
    return seen;
  }

  /** Returns the last bytes, beginning with a whole line if there is one. */
  byte[] bytes() {
    int length = (int) Math.min(seen, ring.length);
    byte[] bytes = new byte[length];
    int at = (int) ((seen - length) % ring.length);
    int first = Math.min(length, ring.length - at);
    System.arraycopy(ring, at, bytes, 0, first);
    System.arraycopy(ring, 0, bytes, first, length - first);
    return seen > length ? Lines.withoutBroken(bytes) : bytes;
  }
}
