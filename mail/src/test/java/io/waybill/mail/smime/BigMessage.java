package io.waybill.mail.smime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waybill.mail.MessageSeal;
import io.waybill.mail.dkim.DkimSigner;
import io.waybill.mail.smime.TestCertificates.Owner;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** Seals a message larger than its heap with each seal; prints how many bytes came out. */
final class BigMessage {
  private BigMessage() {}

  public static void main(String[] args) throws Exception {
    long sizeBytes = Long.parseLong(args[0]);
    Owner owner = TestCertificates.owner("EC", "a@example.org");
    Clock clock = Clock.fixed(TestCertificates.NOW, ZoneOffset.UTC);
    Map<String, MessageSeal> seals = new LinkedHashMap<>();
    seals.put(
        "dkim",
        DkimSigner.builder()
            .domain("example.org")
            .selector("1")
            .key(TestCertificates.keys("RSA").getPrivate())
            .build());
    seals.put("sign", SmimeSigner.builder().identity(owner.identity()).clock(clock).build());
    for (SmimeCipher cipher : SmimeCipher.values()) {
      seals.put(
          cipher.name(),
          SmimeEncrypter.builder()
              .recipients(owner.certificate())
              .cipher(cipher)
              .clock(clock)
              .build());
    }
    for (Map.Entry<String, MessageSeal> seal : seals.entrySet()) {
      Counter counter = new Counter();
      seal.getValue().seal(() -> new Lines(sizeBytes), counter);
      System.out.println(seal.getKey() + " " + counter.bytes);
    }
  }

  /** One field and then lines until there are enough bytes. */
  private static final class Lines extends InputStream {
    private static final byte[] HEAD =
        "From: a\r\nContent-Type: text/plain\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] LINE = ("0123456789 ".repeat(6) + "end\r\n").getBytes(US_ASCII);
    private final long sizeBytes;
    private long at;

    Lines(long sizeBytes) {
      this.sizeBytes = sizeBytes;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      byte[] piece = at < HEAD.length ? HEAD : LINE;
      int from = (int) (at < HEAD.length ? at : (at - HEAD.length) % LINE.length);
      if (at >= sizeBytes && from == 0) {
        return -1;
      }
      int n = Math.min(length, piece.length - from);
      System.arraycopy(piece, from, buffer, offset, n);
      at += n;
      return n;
    }
  }

  private static final class Counter extends OutputStream {
    private long bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      bytes += length;
    }
  }
}
