package io.waybill.transfer.tcp.login;

import io.waybill.transfer.tcp.wire.WireException;
import java.util.Optional;
import java.util.Set;

/** Who lets clients in at a server, over one connection. */
public interface Porter {

  /** What the server can do. */
  Set<String> capabilities();

  /** How to log in over this connection. */
  Hello.Doors doors();

  /** The bytes of a channel binding of this connection; empty if it has none of that type. */
  Optional<byte[]> binding(String type);

  /**
   * The key of a user, or a decoy for one that does not exist.
   *
   * @throws WireException LOGIN_REFUSED with how long to wait, if too many logins failed
   */
  ScramKey key(String user) throws WireException;

  /**
   * The user whose certificate the client has shown in TLS.
   *
   * @param wanted who the client wants to be, or empty
   * @throws WireException LOGIN_REFUSED if it may not
   */
  String certified(String wanted) throws WireException;

  /**
   * The session that a ticket is for, once.
   *
   * @return the user, and the number of this connection in the session
   * @throws WireException LOGIN_REFUSED if it is for none, or not for this client; UNAVAILABLE if
   *     the user has too many connections
   */
  Seat join(String ticket, Optional<Instance> instance) throws WireException;

  /** A place in a session. */
  record Seat(String user, int stream) {}

  /** Is told of each login that was refused. */
  void refused(String user);

  /**
   * Is told of each login by key or certificate that works, before the client is, and takes room.
   *
   * @throws WireException UNAVAILABLE if there is none
   */
  void admitted(String user) throws WireException;
}
