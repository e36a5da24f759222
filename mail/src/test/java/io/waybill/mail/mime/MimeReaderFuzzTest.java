package io.waybill.mail.mime;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
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
  @DictionaryEntries({
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    "\r\n--b\r\n",
    "\r\n--b--\r\n",
    "Content-Type: message/delivery-status\r\n\r\n",
    "Content-Type: text/calendar\r\n",
    "Content-Type: text/html; charset=",
    "Content-Type: text/plain; format=flowed; delsp=yes\r\n",
    "Content-Disposition: attachment; filename*0*=utf-8''%",
    "Content-Disposition: inline; filename=\"",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "Content-ID: <",
    "X-Failed-Recipients: ",
    "Final-Recipient: rfc822; ",
    "Hi. This is the ",
    "\r\nFrom: ",
    "\r\nDate: Fri, 20 Nov 2026 10:08:07 +0100\r\n",
    "=?utf-8?q?",
    "=?iso-2022-jp?b?",
    "?=",
    "utf-7",
    "iso-2022-kr",
    "x-compound_text",
    "../",
    "\u202e"
  })
  @FuzzTest(maxDuration = "30s")
  void anyBytesAreAMail(byte[] bytes) throws IOException {
    CpuTime.within(bytes.length, () -> WholeMail.read(bytes, MimeLimits.defaults()));
    CpuTime.within(bytes.length, () -> WholeMail.read(bytes, NARROW));
  }
}
