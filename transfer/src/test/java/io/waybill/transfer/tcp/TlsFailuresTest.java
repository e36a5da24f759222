package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import org.junit.jupiter.api.Test;

class TlsFailuresTest {
  private final WireException refusedHere =
      new WireException(ErrorCode.LOGIN_REFUSED, "the server did not prove that it knows the key");

  @Test
  void aServerThatProvesNothingIsNotOneThatRefusesACertificate() {
    WaybillServer withKey =
        WaybillServer.builder("127.0.0.1", 1)
            .credentials(new Credentials("u", () -> "k"))
            .plaintext()
            .build();
    assertThatThrownBy(() -> TlsFailures.translate(withKey, refusedHere)).isSameAs(refusedHere);
  }
}
