package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailProviderTest {
  @ParameterizedTest
  @CsvSource({"gmail, smtp.gmail.com", "Office365, smtp.office365.com", "icloud, smtp.mail.me.com"})
  void tellsTheHostThatItsAccountsHave(String name, String host) {
    MailProvider provider = MailProvider.named(name).orElseThrow();

    assertThat(provider.smtpHost()).contains(host);
    assertThat(provider.smtp().build().host()).isEqualTo(host);
  }

  @Test
  void leavesTheHostToTheCallerWhereAccountsDiffer() {
    assertThat(MailProvider.SES.smtpHost()).isEmpty();
    assertThat(MailProvider.GENERIC.smtpHost()).isEmpty();
  }
}
