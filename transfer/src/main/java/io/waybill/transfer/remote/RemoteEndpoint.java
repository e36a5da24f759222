package io.waybill.transfer.remote;

import io.waybill.transfer.Location;
import io.waybill.transfer.TransferException;
import java.io.IOException;

/** An endpoint that sessions can be opened to. */
public interface RemoteEndpoint {
  /** Returns {@code host:port}. */
  String name();

  /** Returns who is logged in where, the same text each time; it never holds a secret. */
  String account();

  /** Returns a path of it, for receipts. */
  Location location(String path);

  /** Returns a path for messages: without what is a secret. */
  default String shown(String path) {
    return path;
  }

  /** Returns how it is treated when it fails or is busy. */
  RemoteTerms terms();

  /**
   * Opens a session. Whatever it opens it makes of or registers with {@code sockets}, so that
   * another thread can end it.
   */
  RemoteSession open(OpenSockets sockets) throws IOException;

  /**
   * Says whether a session could not be opened because there are too many: if others are open, one
   * of them is waited for.
   */
  boolean isFull(IOException failure);

  /**
   * Translates one failure.
   *
   * @param what the path, or what else was being worked on
   */
  TransferException translate(String what, IOException failure);
}
