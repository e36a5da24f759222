package io.waybill.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailProviderTest {
  @ParameterizedTest
  @CsvSource({
    "gmail, smtp.gmail.com, imap.gmail.com",
    "Office365, smtp.office365.com, outlook.office365.com",
    "icloud, smtp.mail.me.com, imap.mail.me.com"
  })
  void tellsTheHostsThatItsAccountsHave(String name, String smtp, String imap) {
    MailProvider provider = MailProvider.named(name).orElseThrow();

    assertThat(provider.smtpHost()).contains(smtp);
    assertThat(provider.smtp().build().host()).isEqualTo(smtp);
    assertThat(provider.imapHost()).contains(imap);
    assertThat(provider.imap().build().host()).isEqualTo(imap);
  }

  @Test
  void leavesTheHostToTheCallerWhereAccountsDiffer() {
    assertThat(MailProvider.SES.smtpHost()).isEmpty();
    assertThat(MailProvider.GENERIC.smtpHost()).isEmpty();
    assertThat(MailProvider.SES.imapHost()).isEmpty();
    assertThat(MailProvider.GENERIC.imapHost()).isEmpty();
  }
}
