package io.waybill.mail.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetupTest;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.SendReport;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendOneMailIT {
  @Test
  void theExampleSends(@TempDir Path folder) throws Exception {
    Path report = Files.writeString(folder.resolve("report.csv"), "a;b\n");
    GreenMail server = new GreenMail(ServerSetupTest.SMTP.dynamicPort());
    server.start();
    try {
      MailAccount account =
          MailAccount.builder()
              .host("127.0.0.1")
              .port(server.getSmtp().getPort())
              .security(MailSecurity.PLAINTEXT)
              .build();
      SendReport sent = SendOneMail.send(account, report);
      assertThat(sent.isComplete()).isTrue();
      assertThat(server.getReceivedMessages()).hasSize(1);
    } finally {
      server.stop();
    }
  }
}
