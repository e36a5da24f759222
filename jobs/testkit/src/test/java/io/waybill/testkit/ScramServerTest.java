package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of RFC 7677 3. */
class ScramServerTest {
  private static final String FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String OWN_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String LAST =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO"
          + OWN_NONCE
          + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  private final ScramServer server =
      new ScramServer(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096, OWN_NONCE);

  @Test
  void provesThatItKnowsThePassword() {
    assertThat(server.first(FIRST, true))
        .contains("r=rOprNGfwEbeRWgbNEkqO" + OWN_NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    assertThat(server.user()).isEqualTo("user");
    assertThat(server.last(LAST, "pencil"))
        .contains("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  @Test
  void takesNoProofOfAnotherPassword() {
    server.first(FIRST, true);
    assertThat(server.last(LAST, "pencil2")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzb",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=?",
        "nothing"
      })
  void takesNoOtherLastWords(String last) {
    server.first(FIRST, true);
    assertThat(server.last(last, "pencil")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "n,,n=user", "p=tls-unique,,n=user,r=x", "n,,r=x,n=user", "n,,n=a,r="})
  void takesNoOtherFirstWords(String first) {
    assertThat(server.first(first, true)).isEmpty();
  }

  @Test
  void readsNamesWithCommas() {
    server.first("n,,n=a=2Cb=3Dc,r=x", true);
    assertThat(server.user()).isEqualTo("a,b=c");
  }
}
