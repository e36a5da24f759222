package io.waybill.transfer.tcp.access;

import java.io.IOException;

/** Says that a connection did not start with a PROXY protocol header that can be believed. */
public final class ProxyHeaderException extends IOException {
  private static final long serialVersionUID = 1L;

  ProxyHeaderException(String message) {
    super(message);
  }
}
