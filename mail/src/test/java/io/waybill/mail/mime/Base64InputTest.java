package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64InputTest {
  private final AtomicInteger complaints = new AtomicInteger();

  private Base64Input decoder(InputStream in) {
    return new Base64Input(in, complaints::incrementAndGet);
  }

  /** {@code _} is a line end. */
  @ParameterizedTest
  @CsvSource({
    "SGVsbG8=, Hello, 0",
    "SGVs_bG8=_, Hello, 0",
    "S_G_V_s_b_G_8_=, Hello, 0",
    "SGVsbG8=_SGVsbG8=, HelloHello, 0",
    "SGVsbA==SGVsbG8=, HellHello, 0",
    "SGVsbG8, Hello, 1",
    "SGVsbA, Hell, 1",
    "SGVsb, Hel, 1",
    "SG!Vs, Hel, 1",
    "'', '', 0",
    "====, '', 0"
  })
  void whatDoesNotBelongToItIsPassedOver(String text, String expected, int expectedComplaints)
      throws IOException {
    byte[] bytes = text.replace("_", "\r\n").getBytes(ISO_8859_1);
    assertThat(decoder(new ByteArrayInputStream(bytes)).readAllBytes())
        .isEqualTo(expected.getBytes(ISO_8859_1));
    assertThat(complaints).hasValue(expectedComplaints);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8191, 8192, 8193, 100_000})
  void anyLengthAndAnyPiecesComeOutAsTheyWentIn(int length) throws IOException {
    Random random = new Random(length);
    byte[] data = new byte[length];
    random.nextBytes(data);
    InputStream pieces =
        new ByteArrayInputStream(Base64.getMimeEncoder().encode(data)) {
          @Override
          public synchronized int read(byte[] target, int offset, int most) {
            return super.read(target, offset, Math.min(most, 1 + random.nextInt(100)));
          }
        };
    assertThat(decoder(pieces).readAllBytes()).isEqualTo(data);
    assertThat(complaints).hasValue(0);
  }

  @Test
  void isReadByTheByteToo() throws IOException {
    InputStream in = decoder(new ByteArrayInputStream("gAE=".getBytes(ISO_8859_1)));
    assertThat(in.read()).isEqualTo(0x80);
    assertThat(in.read()).isEqualTo(1);
    assertThat(in.read()).isEqualTo(-1);
  }
}
