package io.waybill.transfer.http;

/** How an upload gets its final name. */
public enum Publishing {
  /** By MOVE if the server says or shows that it has it, else by PUT. */
  AUTO,
  /**
   * A PUT to a hidden name, checked, then a WebDAV MOVE to the final one: whole or not at all. A
   * server without MOVE refuses.
   */
  MOVE,
  /**
   * A PUT to the final name. Whether others see half a file, or an old one is lost when the line is
   * cut, is then up to the server.
   */
  DIRECT
}
