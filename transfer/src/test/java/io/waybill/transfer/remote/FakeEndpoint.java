package io.waybill.transfer.remote;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import java.io.IOException;

/** An endpoint without a network: each session is what the opening makes. */
record FakeEndpoint(RemoteTerms terms, Opening opening) implements RemoteEndpoint {
  /** Makes a session, or refuses. */
  interface Opening {
    RemoteSession open() throws IOException;
  }

  FakeEndpoint(RemoteTerms terms) {
    this(
        terms,
        () -> {
          throw new IOException("nothing to open");
        });
  }

  @Override
  public String name() {
    return "fake:1";
  }

  @Override
  public String account() {
    return "nobody@fake:1";
  }

  @Override
  public Location location(String path) {
    return Location.of(Location.Scheme.FTP, "fake", 1, path);
  }

  @Override
  public RemoteSession open(OpenSockets sockets) throws IOException {
    return opening.open();
  }

  @Override
  public boolean isFull(IOException failure) {
    return "full".equals(failure.getMessage());
  }

  @Override
  public TransferException translate(String what, IOException failure) {
    return new TransferException.Connection(name(), String.valueOf(failure.getMessage()), failure);
  }
}
