package io.waybill.transfer.independent;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A file to send: its bytes, cut as the page says, and the identity that it is offered with. */
record IndependentSource(String path, ByteBuffer bytes, Instant modified) {
  IndependentSource(String path, byte[] bytes, Instant modified) {
    this(path, ByteBuffer.wrap(bytes), modified);
  }

  int size() {
    return bytes.limit();
  }

  int chunks() {
    int chunkSize = (int) chunkSize(size());
    return (size() + chunkSize - 1) / chunkSize;
  }

  byte[] chunk(int index) {
    int at = Math.toIntExact(index * chunkSize(size()));
    byte[] chunk = new byte[(int) Math.min(chunkSize(size()), size() - at)];
    bytes.get(at, chunk);
    return chunk;
  }

  byte[] leaf(int index) {
    return hash(new byte[] {0}, chunk(index));
  }

  /** The digest sha-256-tree. */
  byte[] root() {
    List<byte[]> level = new ArrayList<>();
    for (int i = 0; i < chunks(); i++) {
      level.add(leaf(i));
    }
    while (level.size() > 1) {
      List<byte[]> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        boolean odd = i + 1 == level.size();
        above.add(odd ? level.get(i) : hash(new byte[] {1}, level.get(i), level.get(i + 1)));
      }
      level = above;
    }
    byte[] head = ByteBuffer.allocate(13).put((byte) 2).putLong(size()).array();
    ByteBuffer.wrap(head).putInt(9, (int) chunkSize(size()));
    return hash(head, level.isEmpty() ? hash(new byte[] {0}) : level.get(0));
  }

  String digest() {
    return "sha-256-tree:" + HexFormat.of().formatHex(root());
  }

  static byte[] hash(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return sha.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** clamp(ceilPow2(size >> 16), 1 MiB, 8 MiB). */
  static long chunkSize(long size) {
    long wanted = size >> 16;
    long power = wanted <= 1 ? 1 : Long.highestOneBit(wanted - 1) << 1;
    return Math.min(Math.max(power, 1 << 20), 8 << 20);
  }
}
