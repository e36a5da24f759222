package io.waybill.transfer.ftp;

/** How the connections with a server are protected (RFC 4217). */
public enum Protection {
  /** Not at all: FTP as it was. */
  NONE(21),
  /** By TLS, asked for with AUTH TLS before anything else is said. */
  EXPLICIT(21),
  /** By TLS from the first byte on. */
  IMPLICIT(990);

  private final int port;

  Protection(int port) {
    this.port = port;
  }

  /** Returns the port that such servers usually listen on. */
  public int defaultPort() {
    return port;
  }

  /** Says whether there is TLS, on control and data connections alike. */
  public boolean isTls() {
    return this != NONE;
  }
}
