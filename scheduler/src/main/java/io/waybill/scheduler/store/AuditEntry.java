package io.waybill.scheduler.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * One row of the audit.
 *
 * @param number one more than that of the row before, from 1
 * @param at when it was written, to the millisecond
 * @param act what was done
 * @param before the hash of the row before; zeros in the first of all
 * @param hash SHA-256 of all the rest, in hex
 */
public record AuditEntry(long number, Instant at, AuditAct act, String before, String hash) {

  static AuditEntry behind(long number, String before, Instant at, AuditAct act) {
    return new AuditEntry(number, at, act, before, hash(number, at, act, before));
  }

  /** Returns whether nothing in it was changed since it was written. */
  boolean isWhole() {
    return hash.equals(hash(number, at, act, before));
  }

  /**
   * Hashes a row: eight bytes of its number, eight of its time in milliseconds since 1970, and then
   * before, who, action, subject and detail, each as four bytes of length and UTF-8. Numbers are
   * big-endian. With their lengths nothing can move from one text to the next unseen.
   */
  private static String hash(long number, Instant at, AuditAct act, String before) {
    MessageDigest digest = sha256();
    digest.update(
        ByteBuffer.allocate(2 * Long.BYTES).putLong(number).putLong(at.toEpochMilli()).array());
    for (String text : List.of(before, act.who(), act.action(), act.subject(), act.detail())) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
