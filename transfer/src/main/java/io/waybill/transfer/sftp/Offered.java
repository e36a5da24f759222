package io.waybill.transfer.sftp;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which extensions a server's VERSION packet offers, by any of the three ways to say so. */
final class Offered {
  static final String POSIX_RENAME = "posix-rename@openssh.com";
  static final String FSYNC = "fsync@openssh.com";
  static final String LIMITS = "limits@openssh.com";
  static final String STATVFS = "statvfs@openssh.com";
  static final String CHECK_FILE = "check-file";
  static final String CHECK_FILE_NAME = "check-file-name";
  static final String CHECK_FILE_HANDLE = "check-file-handle";
  private static final int SUPPORTED_FIXED_BYTES = 20;
  private static final int MASKS_OF_SUPPORTED2_BYTES = 24;

  private final Set<String> names = new HashSet<>();

  static Offered read(Reply version) throws SftpProtocolException {
    Offered offered = new Offered();
    while (version.remaining() > 0) {
      String name = version.text();
      byte[] value = version.bytes();
      offered.names.add(name);
      // lists of names in one value: drafts 5 and 6, whose servers send them to version 3 as well
      if (name.equals("supported") || name.equals("supported2")) {
        offered.addAll(value, name.equals("supported2"));
      }
    }
    return offered;
  }

  private void addAll(byte[] value, boolean second) {
    ByteBuffer fields = ByteBuffer.wrap(value);
    try {
      if (second) {
        fields.position(MASKS_OF_SUPPORTED2_BYTES);
        skipStrings(fields, fields.getInt());
        fields.getInt();
      } else {
        fields.position(SUPPORTED_FIXED_BYTES);
      }
      while (fields.hasRemaining()) {
        byte[] name = new byte[Math.min(fields.getInt() & 0xffff, fields.remaining())];
        fields.get(name);
        names.add(new String(name, StandardCharsets.UTF_8));
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      // a list that cannot be read offers nothing: none of it is needed
      return;
    }
  }

  private static void skipStrings(ByteBuffer fields, int count) {
    for (int left = count; left > 0; left--) {
      int length = fields.getInt();
      fields.position(fields.position() + length);
    }
  }

  /** Returns the extensions by name, in order. */
  List<String> names() {
    return names.stream().sorted().toList();
  }

  boolean has(String name) {
    return names.contains(name);
  }

  /** Says whether files can be hashed there. */
  boolean hashes() {
    return has(CHECK_FILE) || has(CHECK_FILE_NAME) || has(CHECK_FILE_HANDLE);
  }
}
