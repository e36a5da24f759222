package io.waybill.transfer.tcp;

/** Where one host of a server listens. */
record Endpoint(String host, int port) {
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
