package io.waybill.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.mail.net.TlsComplaint;
import io.waybill.scheduler.store.Store;
import io.waybill.transfer.http.HttpSite;
import io.waybill.transfer.sftp.HostKeyTrust;
import io.waybill.transfer.sync.DeleteRefusal;
import io.waybill.transfer.tcp.tls.ServerTrust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HintsTest {
  @Test
  void eachPhraseIsOneThatAMessageHas() throws IOException {
    String messages =
        constants(HostKeyTrust.class, "HostKeyTrust")
            + constants(ServerTrust.class, "SocketTrust")
            + constants(DeleteRefusal.class, "DeletePolicy")
            + constants(HttpSite.class, "HttpSite")
            + constants(TlsComplaint.class, "TlsComplaint")
            + constants(Store.class, "NetworkFileSystems")
            + constants(Store.class, "StoreBackup")
            + constants(Store.class, "StoreRestore")
            + constants(Store.class, "StoreTrouble")
            + constants(Store.class, "MovedStore");
    assertThat(messages).contains(Hints.OPTIONS.keySet());
  }

  private static String constants(Class<?> beside, String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(beside.getResourceAsStream(name + ".class"), name)) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void theOptionStandsBehindTheMessage() {
    assertThat(Hints.with("no key: pin it, or accept new keys at the first connection"))
        .endsWith(" (--accept-new, --pin SHA256:..., --known-hosts FILE)");
    assertThat(Hints.with("no file")).isEqualTo("no file");
  }
}
