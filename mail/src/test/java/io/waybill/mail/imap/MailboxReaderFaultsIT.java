package io.waybill.mail.imap;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.waybill.mail.MailAccount;
import io.waybill.mail.MailException;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.inbox.InboundMail;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MailboxReaderFaultsIT {
  private static MailAccount.Builder account(int port) {
    return MailAccount.builder()
        .host("127.0.0.1")
        .port(port)
        .security(MailSecurity.PLAINTEXT)
        .user("you")
        .password(() -> "pw");
  }

  @Test
  void serverThatNeverGreetsTimesOut() throws Exception {
    try (StallingImap server = new StallingImap("GREETING")) {
      MailAccount impatient = account(server.port()).commandTimeout(ofMillis(200)).build();
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> MailboxReader.connect(impatient))
          .satisfies(e -> assertThat(e.isTransient()).isTrue());
    }
  }

  @Test
  void deadlineClosesAStalledFetch() throws Exception {
    try (StallingImap server = new StallingImap("EXAMINE");
        MailboxReader reader = MailboxReader.connect(account(server.port()).build())) {
      assertThatExceptionOfType(MailException.TimedOut.class)
          .isThrownBy(() -> reader.fetch(FetchSpec.builder().folder("Work").build(), ofMillis(300)))
          .withMessageContaining("deadline");
    }
  }

  @Test
  void cancellingClosesAStalledFetch() throws Exception {
    try (StallingImap server = new StallingImap("EXAMINE");
        MailboxReader reader = MailboxReader.connect(account(server.port()).build())) {
      FetchSpec spec = FetchSpec.builder().folder("Work").build();
      CompletableFuture<List<InboundMail>> future = reader.fetchAsync(spec);
      await().until(() -> server.heard().contains("EXAMINE"));
      assertThat(future.cancel(true)).isTrue();
      await()
          .until(
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                      .noneMatch(thread -> thread.getName().equals("waybill-mail-fetch")));
    }
  }

  @Test
  void nobodyListeningIsTransient() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThatExceptionOfType(MailException.ConnectFailed.class)
        .isThrownBy(() -> MailboxReader.connect(account(free).build()))
        .satisfies(e -> assertThat(e.isTransient()).isTrue());
  }
}
