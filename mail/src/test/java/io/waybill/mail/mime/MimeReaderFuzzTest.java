package io.waybill.mail.mime;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Mail comes from anybody. */
class MimeReaderFuzzTest {
  /** So narrow that most messages pass each of them. */
  private static final MimeLimits NARROW =
      MimeLimits.builder()
          .messageBytes(1500)
          .headerBytes(400)
          .headers(10)
          .parts(5)
          .depth(2)
          .encodedWords(3)
          .textBytes(50)
          .build();

  static List<Named<byte[]>> oddMails() throws IOException, URISyntaxException {
    List<Named<byte[]>> mails = new ArrayList<>();
    for (Path file : OddMailsTest.mails()) {
      mails.add(Named.of(file.getFileName().toString(), Files.readAllBytes(file)));
    }
    return mails;
  }

  @MethodSource("oddMails")
  @FuzzTest(maxDuration = "30s")
  void anyBytesAreAMail(byte[] bytes) throws IOException {
    CpuTime.within(bytes.length, () -> WholeMail.read(bytes, MimeLimits.defaults()));
    CpuTime.within(bytes.length, () -> WholeMail.read(bytes, NARROW));
  }
}
