package io.waybill.mail.inbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/**
 * By what a message is known again when its UID no longer says: the SHA-256 of its header block,
 * and, where that has no Message-ID, also its length.
 *
 * <p>The block has what makes a message one of its kind: Message-ID, Date and each server's
 * Received. Line ends do not count, nor what servers that restore mailboxes change: when it came,
 * and what it is marked with.
 */
final class Identity {
  /** So much of a header block counts. */
  static final int MOST = 16 * 1024;

  private Identity() {}

  /** Returns the identity of a message whose content begins so, with its header block. */
  static String of(byte[] content, long sizeBytes) {
    int end = headerEnd(content);
    MessageDigest digest = sha256();
    for (int i = 0; i < end; i++) {
      if (content[i] != '\r') {
        digest.update(content[i]);
      }
    }
    String block = new String(content, 0, end, StandardCharsets.ISO_8859_1);
    if (!("\n" + block).toLowerCase(Locale.ROOT).contains("\nmessage-id:")) {
      digest.update(Long.toString(sizeBytes).getBytes(StandardCharsets.US_ASCII));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
  }

  /** Returns the identity of a message; reads no more than its header block. */
  static String of(InputStream content, long sizeBytes) throws IOException {
    return of(content.readNBytes(MOST), sizeBytes);
  }

  /** Returns the identity of a message that its server calls so for good: up to 70 characters. */
  static String ofName(String name) {
    MessageDigest digest = sha256();
    digest.update(("uidl " + name).getBytes(StandardCharsets.UTF_8));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
  }

  /** Where the empty line begins; or the end, if there is none. */
  private static int headerEnd(byte[] content) {
    int limit = Math.min(content.length, MOST);
    boolean isEmptyLine = true;
    for (int i = 0; i < limit; i++) {
      if (content[i] == '\n') {
        if (isEmptyLine) {
          return i;
        }
        isEmptyLine = true;
      } else if (content[i] != '\r') {
        isEmptyLine = false;
      }
    }
    return limit;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JRE has it
    }
  }
}
