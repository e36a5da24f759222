package io.waybill.mail.examples;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendReport;
import io.waybill.mail.smtp.SmtpSender;
import java.nio.file.Path;

/** Sends one mail with an attachment and says what the server answered. */
public final class SendOneMail {
  private SendOneMail() {}

  /** Sends {@code report} over {@code account}. */
  public static SendReport send(MailAccount account, Path report) {
    Message message =
        Message.builder()
            .from("Nightly job <ops@example.org>")
            .to("you@example.net")
            .subject("Nightly report")
            .text("The report is attached.")
            .attach(report)
            .build();
    try (MailSender sender = SmtpSender.connect(account)) {
      return sender.send(message).orThrow();
    }
  }

  /** Sends the file named first over the account in the environment. */
  public static void main(String[] args) {
    MailAccount account =
        MailAccount.builder()
            .host(System.getenv("SMTP_HOST"))
            .user(System.getenv("SMTP_USER"))
            .password(() -> System.getenv("SMTP_PASSWORD"))
            .build();
    System.out.println(send(account, Path.of(args[0])));
  }
}
