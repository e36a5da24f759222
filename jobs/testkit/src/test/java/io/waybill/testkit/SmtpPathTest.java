package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpPathTest {

  @Test
  void readsAnAddressAndItsParameters() {
    SmtpPath path =
        SmtpPath.parse("FROM:", "from:<a@x.test> SIZE=12 body=8BITMIME SMTPUTF8").orElseThrow();

    assertThat(path.address()).isEqualTo("a@x.test");
    assertThat(path.parameters())
        .containsExactly(
            Map.entry("SIZE", "12"), Map.entry("BODY", "8BITMIME"), Map.entry("SMTPUTF8", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TO:<>",
        "TO:<postmaster>",
        "TO:<\"a>b c\"@x.test>",
        "TO:<\"a\\\"b\"@x.test>",
        "TO:<žofie@příklad.test>",
        "TO:<a@[127.0.0.1]>"
      })
  void takesWhatIsWellFormed(String text) {
    assertThat(SmtpPath.parse("TO:", text)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "TO: <a@x.test>",
        "TO:a@x.test",
        "TO:<a@x.test",
        "TO:<a@x.test>SIZE=1",
        "TO:<a@x.test> A=1 A=2",
        "TO:<a@x.test> =1",
        "TO:<a b@x.test>",
        "TO:<@x.test>",
        "TO:<a@>",
        "TO:<a>",
        "FROM:<a@x.test>"
      })
  void refusesWhatIsNot(String text) {
    assertThat(SmtpPath.parse("TO:", text)).isEmpty();
  }
}
