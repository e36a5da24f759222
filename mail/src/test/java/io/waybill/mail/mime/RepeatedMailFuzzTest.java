package io.waybill.mail.mime;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * What costs the square of its length is cheap in the few bytes that are tried one by one: here
 * they are repeated, to more than the longest header.
 */
class RepeatedMailFuzzTest {
  private static final int MOST_BYTES = 300_000;

  @FuzzTest(maxDuration = "30s")
  void whatIsRepeatedCostsWhatItsLengthJustifies(byte[] template) throws IOException {
    byte[] mail = Repetition.expand(template, MOST_BYTES);
    CpuTime.within(mail.length, () -> WholeMail.read(mail, MimeLimits.defaults()));
  }
}
