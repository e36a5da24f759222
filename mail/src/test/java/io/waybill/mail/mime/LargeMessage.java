package io.waybill.mail.mime;

import io.waybill.mail.Attachment;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Prepares, takes as a mail file, and reads a message many times larger than the heap. */
final class LargeMessage {
  private LargeMessage() {}

  /** Argument: bytes of the attachment. */
  public static void main(String[] args) throws IOException, NoSuchAlgorithmException {
    long bytes = Long.parseLong(args[0]);
    Message message =
        Message.builder()
            .from("ops@example.org")
            .to("you@example.net")
            .attach(Attachment.of("big.bin", () -> new Noise(bytes)))
            .build();
    MessagePreparer preparer = MessagePreparer.builder().maxSizeBytes(2 * bytes).build();
    MimeLimits limits = MimeLimits.builder().messageBytes(2 * bytes).build();
    String sha256;
    try (PreparedMessage composed = preparer.prepare(message)) {
      sha256 = composed.sha256();
      try (InputStream in = composed.open();
          ParsedMail mail = MimeReader.read(in, limits)) {
        ReceivedAttachment attachment = mail.attachments().get(0);
        System.out.println("size=" + attachment.sizeBytes());
        System.out.println("same=" + attachment.sha256().equals(digest(bytes)));
      }
      try (PreparedMessage read = preparer.prepareEml(composed::open, Optional.empty())) {
        System.out.println("frozen=" + read.sha256().equals(sha256));
      }
    }
  }

  private static String digest(long bytes) throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream noise = new DigestInputStream(new Noise(bytes), digest)) {
      noise.transferTo(OutputStream.nullOutputStream());
    }
    return "sha-256:" + HexFormat.of().formatHex(digest.digest());
  }

  /** The same bytes each time, as many as asked for. */
  private static final class Noise extends InputStream {
    private final long bytes;
    private long position;

    Noise(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one byte at a time is too slow for this");
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (position == bytes) {
        return -1;
      }
      int n = (int) Math.min(bytes - position, length);
      for (int i = 0; i < n; i++, position++) {
        target[offset + i] = (byte) (position * 31 + (position >>> 12) * 17);
      }
      return n;
    }
  }
}
