package io.waybill.mail.mime;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * What costs the square of its length is cheap in the few bytes that are tried one by one: here
 * they are repeated, up to twice what a header may be long.
 */
class RepeatedMailFuzzTest {
  private static final int MOST_BYTES = 512_000;

  @DictionaryEntries({
    "{10:",
    "{1000:",
    "{100000:",
    "}",
    "#",
    "Content-Type: multipart/mixed; boundary=b\n\n",
    "--b\n",
    "\n\n",
    "Content-Disposition: attachment; filename=",
    "Content-Type: text/plain; charset=",
    "Content-Type: text/plain; format=flowed\n",
    "Content-Type: message/delivery-status\n\n",
    "Content-Transfer-Encoding: base64\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "From: ",
    "Subject: ",
    "=?utf-8?q?",
    "?=",
    "\u0323\u0301"
  })
  @FuzzTest(maxDuration = "30s")
  void whatIsRepeatedCostsWhatItsLengthJustifies(byte[] template) throws IOException {
    byte[] mail = Repetition.expand(template, MOST_BYTES);
    CpuTime.within(mail.length, () -> WholeMail.read(mail, MimeLimits.defaults()));
  }
}
