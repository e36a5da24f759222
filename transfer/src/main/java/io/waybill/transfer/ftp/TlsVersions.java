package io.waybill.transfer.ftp;

import java.util.List;

/** Which versions of TLS are spoken. */
public enum TlsVersions {
  /**
   * TLS 1.3 or 1.2, as the server likes; with a server that then refuses a data connection because
   * it resumed no session, 1.2 from there on.
   */
  AUTO,
  /** TLS 1.3 (RFC 8446) only. */
  TLS_1_3,
  /** TLS 1.2 (RFC 5246) only. */
  TLS_1_2;

  /** Returns their names in JSSE. */
  List<String> protocols() {
    return switch (this) {
      case AUTO -> List.of("TLSv1.3", "TLSv1.2");
      case TLS_1_3 -> List.of("TLSv1.3");
      case TLS_1_2 -> List.of("TLSv1.2");
    };
  }
}
