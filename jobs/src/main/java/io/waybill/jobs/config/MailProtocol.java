package io.waybill.jobs.config;

import io.waybill.jobs.Connection.Tls;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailProvider;
import java.util.Optional;

/** What is spoken with a mail server: its usual ports, and where a provider has it. */
enum MailProtocol {
  IMAP(993, 143, 143) {
    @Override
    Optional<String> host(MailProvider provider) {
      return provider.imapHost();
    }

    @Override
    MailAccount.Builder account(MailProvider provider) {
      return provider.imap();
    }
  },
  SMTP(465, 587, 25) {
    @Override
    Optional<String> host(MailProvider provider) {
      return provider.smtpHost();
    }

    @Override
    MailAccount.Builder account(MailProvider provider) {
      return provider.smtp();
    }
  };

  private final int implicitPort;
  private final int startTlsPort;
  private final int clearPort;

  MailProtocol(int implicitPort, int startTlsPort, int clearPort) {
    this.implicitPort = implicitPort;
    this.startTlsPort = startTlsPort;
    this.clearPort = clearPort;
  }

  /** Returns the provider's host; empty where accounts differ in theirs. */
  abstract Optional<String> host(MailProvider provider);

  /** Starts the account of somebody there. */
  abstract MailAccount.Builder account(MailProvider provider);

  int port(Tls tls) {
    return switch (tls) {
      case IMPLICIT -> implicitPort;
      case STARTTLS -> startTlsPort;
      case OFF -> clearPort;
    };
  }
}
