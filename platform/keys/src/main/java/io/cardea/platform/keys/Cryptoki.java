package io.cardea.platform.keys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The few functions of a PKCS#11 module (OASIS PKCS#11 2.40) that authorities need, for platforms
/// whose C `long` has 64 bits: Linux and macOS.
///
/// Every call blocks its thread in native code, where nothing can interrupt it, and pins whatever
/// carries it: threads of [Pkcs11Token] call, never a request's. One module is one object in this
/// process. Whoever calls holds the read lock of [#lock]; [#restart] takes the write lock.
@SuppressWarnings("restricted") // Native access is what this class is for; the launcher grants it.
final class Cryptoki {
  static final long OK = 0;
  static final long NOT_INITIALIZED = 0x190;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final long ALREADY_LOGGED_IN = 0x100;
  static final long PIN_INCORRECT = 0xa0;
  static final long PIN_LOCKED = 0xa4;
  static final long MECHANISM_INVALID = 0x70;
  private static final long OS_LOCKING = 2;
  private static final long SERIAL_AND_WRITABLE = 4 | 2;
  private static final long USER = 1;
  private static final int MAX_SIGNATURE = 8192;
  private static final int MAX_SLOTS = 256;
  private static final int TOKEN_INFO = 256;
  private static final int LABEL = 32;

  private static final Map<Path, Cryptoki> MODULES = new ConcurrentHashMap<>();

  private final ReadWriteLock lock = new ReentrantReadWriteLock(true);
  private final MemorySegment functions;
  private final MethodHandle initialize;
  private final MethodHandle finalizeAll;
  private final MethodHandle slotList;
  private final MethodHandle tokenInfo;
  private final MethodHandle openSession;
  private final MethodHandle login;
  private final MethodHandle attributeValue;
  private final MethodHandle findInit;
  private final MethodHandle find;
  private final MethodHandle findFinal;
  private final MethodHandle signInit;
  private final MethodHandle sign;
  private final MethodHandle generateKeyPair;

  /// What a module answered instead of doing it.
  static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final long code;

    Failure(String function, long code) {
      super(function + " answered 0x" + Long.toHexString(code));
      this.code = code;
    }

    long code() {
      return code;
    }
  }

  /// One attribute of a template.
  record Attribute(long type, byte[] value) {
    static Attribute of(long type, long value) {
      byte[] bytes = new byte[8];
      MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
      return new Attribute(type, bytes);
    }

    static Attribute of(long type, boolean value) {
      return new Attribute(type, new byte[] {(byte) (value ? 1 : 0)});
    }

    @Override
    public String toString() {
      return "Attribute[" + Long.toHexString(type) + "]";
    }
  }

  /// The module at this place, loaded once.
  ///
  /// @throws IllegalArgumentException if it cannot be loaded, or is none
  static Cryptoki at(Path library) {
    return MODULES.computeIfAbsent(library.toAbsolutePath().normalize(), Cryptoki::new);
  }

  private Cryptoki(Path library) {
    Linker linker = Linker.nativeLinker();
    try {
      // Loaded for as long as the process lives: many modules do not survive being unloaded.
      MemorySegment getList =
          SymbolLookup.libraryLookup(library, Arena.global())
              .find("C_GetFunctionList")
              .orElseThrow(() -> new IllegalArgumentException(library + " is no PKCS#11 module"));
      MemorySegment holder = Arena.global().allocate(ADDRESS);
      MethodHandle get = linker.downcallHandle(getList, FunctionDescriptor.of(JAVA_LONG, ADDRESS));
      long answer = (long) get.invokeExact(holder);
      if (answer != OK) {
        throw new IllegalArgumentException(
            library + ": C_GetFunctionList answered 0x" + Long.toHexString(answer));
      }
      functions = holder.get(ADDRESS, 0).reinterpret(8 + 68 * ADDRESS.byteSize());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("PKCS#11 module " + library + ": " + e.getMessage(), e);
    } catch (Throwable e) {
      throw new IllegalStateException("a call into " + library + " failed", e);
    }
    initialize = function(linker, 0, ADDRESS);
    finalizeAll = function(linker, 1, ADDRESS);
    slotList = function(linker, 4, JAVA_BYTE, ADDRESS, ADDRESS);
    tokenInfo = function(linker, 6, JAVA_LONG, ADDRESS);
    openSession = function(linker, 12, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);
    login = function(linker, 18, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    attributeValue = function(linker, 24, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    findInit = function(linker, 26, JAVA_LONG, ADDRESS, JAVA_LONG);
    find = function(linker, 27, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
    findFinal = function(linker, 28, JAVA_LONG);
    signInit = function(linker, 42, JAVA_LONG, ADDRESS, JAVA_LONG);
    sign = function(linker, 43, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    generateKeyPair =
        function(
            linker, 59, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS);
  }

  /// The list begins with a version of two octets, and each pointer stands where it is aligned.
  private MethodHandle function(Linker linker, int place, java.lang.foreign.MemoryLayout... of) {
    return linker.downcallHandle(
        functions.get(ADDRESS, 8 + place * ADDRESS.byteSize()),
        FunctionDescriptor.of(JAVA_LONG, of));
  }

  ReadWriteLock lock() {
    return lock;
  }

  /// Begins, or begins anew: all sessions of all tokens of this module are over then. The caller
  /// holds the write lock.
  void restart() throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      long ended = (long) finalizeAll.invokeExact(MemorySegment.NULL);
      if (ended != OK && ended != NOT_INITIALIZED) {
        throw new Failure("C_Finalize", ended);
      }
      MemorySegment arguments = arena.allocate(48, 8);
      arguments.set(JAVA_LONG, 32, OS_LOCKING);
      long begun = (long) initialize.invokeExact(arguments);
      if (begun != ALREADY_INITIALIZED) {
        must("C_Initialize", begun);
      }
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// The slots that hold a token now.
  List<Long> slots() throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(JAVA_LONG, MAX_SLOTS);
      MemorySegment count = arena.allocateFrom(JAVA_LONG, MAX_SLOTS);
      must("C_GetSlotList", (long) slotList.invokeExact((byte) 1, list, count));
      List<Long> slots = new ArrayList<>();
      for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
        slots.add(list.getAtIndex(JAVA_LONG, i));
      }
      return slots;
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  String label(long slot) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(TOKEN_INFO, 8);
      must("C_GetTokenInfo", (long) tokenInfo.invokeExact(slot, info));
      byte[] label = info.asSlice(0, LABEL).toArray(JAVA_BYTE);
      return new String(label, StandardCharsets.UTF_8).strip();
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  long openSession(long slot) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment session = arena.allocate(JAVA_LONG);
      must(
          "C_OpenSession",
          (long)
              openSession.invokeExact(
                  slot, SERIAL_AND_WRITABLE, MemorySegment.NULL, MemorySegment.NULL, session));
      return session.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// One login is for all sessions with that token.
  void login(long session, byte[] pin) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment secret = arena.allocateFrom(JAVA_BYTE, pin);
      long answer = (long) login.invokeExact(session, USER, secret, (long) pin.length);
      secret.fill((byte) 0);
      if (answer != ALREADY_LOGGED_IN) {
        must("C_Login", answer);
      }
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// The objects that have all of these, at most `limit`.
  List<Long> find(long session, int limit, List<Attribute> template) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      must(
          "C_FindObjectsInit",
          (long) findInit.invokeExact(session, template(arena, template), (long) template.size()));
      MemorySegment found = arena.allocate(JAVA_LONG, limit);
      MemorySegment count = arena.allocate(JAVA_LONG);
      long answer = (long) find.invokeExact(session, found, (long) limit, count);
      long ended = (long) findFinal.invokeExact(session);
      must("C_FindObjects", answer);
      must("C_FindObjectsFinal", ended);
      List<Long> objects = new ArrayList<>();
      for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
        objects.add(found.getAtIndex(JAVA_LONG, i));
      }
      return objects;
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// One value of an object.
  byte[] value(long session, long object, long type) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment asked = arena.allocate(24, 8);
      MemorySegment value = arena.allocate(MAX_SIGNATURE);
      asked.set(JAVA_LONG, 0, type);
      asked.set(ADDRESS, 8, value);
      asked.set(JAVA_LONG, 16, MAX_SIGNATURE);
      must("C_GetAttributeValue", (long) attributeValue.invokeExact(session, object, asked, 1L));
      return value.asSlice(0, asked.get(JAVA_LONG, 16)).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  byte[] sign(long session, long mechanism, long key, byte[] data) throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      must("C_SignInit", (long) signInit.invokeExact(session, mechanism(arena, mechanism), key));
      MemorySegment input = arena.allocateFrom(JAVA_BYTE, data);
      MemorySegment output = arena.allocate(MAX_SIGNATURE);
      MemorySegment length = arena.allocateFrom(JAVA_LONG, MAX_SIGNATURE);
      must("C_Sign", (long) sign.invokeExact(session, input, (long) data.length, output, length));
      return output.asSlice(0, length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// Makes a pair; returns the handle of its public half.
  long generate(
      long session, long mechanism, List<Attribute> publicHalf, List<Attribute> privateHalf)
      throws Failure {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment publicHandle = arena.allocate(JAVA_LONG);
      MemorySegment privateHandle = arena.allocate(JAVA_LONG);
      must(
          "C_GenerateKeyPair",
          (long)
              generateKeyPair.invokeExact(
                  session,
                  mechanism(arena, mechanism),
                  template(arena, publicHalf),
                  (long) publicHalf.size(),
                  template(arena, privateHalf),
                  (long) privateHalf.size(),
                  publicHandle,
                  privateHandle));
      return publicHandle.get(JAVA_LONG, 0);
    } catch (Throwable e) {
      throw passedOn(e);
    }
  }

  /// For [#find]'s callers that expect one.
  static OptionalLong only(List<Long> objects) {
    return objects.size() == 1 ? OptionalLong.of(objects.getFirst()) : OptionalLong.empty();
  }

  private static MemorySegment mechanism(Arena arena, long mechanism) {
    MemorySegment segment = arena.allocate(24, 8);
    segment.set(JAVA_LONG, 0, mechanism);
    return segment;
  }

  private static MemorySegment template(Arena arena, List<Attribute> attributes) {
    MemorySegment template = arena.allocate(24L * attributes.size(), 8);
    for (int i = 0; i < attributes.size(); i++) {
      Attribute attribute = attributes.get(i);
      template.set(JAVA_LONG, 24L * i, attribute.type);
      template.set(ADDRESS, 24L * i + 8, arena.allocateFrom(JAVA_BYTE, attribute.value));
      template.set(JAVA_LONG, 24L * i + 16, attribute.value.length);
    }
    return template;
  }

  private static void must(String function, long answer) throws Failure {
    if (answer != OK) {
      throw new Failure(function, answer);
    }
  }

  /// A method handle may throw anything; what is not the module's answer is a fault of ours.
  private static Failure passedOn(Throwable thrown) {
    return switch (thrown) {
      case Failure failure -> failure;
      case Error error -> throw error;
      case RuntimeException fault -> throw fault;
      default -> throw new IllegalStateException("a native call failed", thrown);
    };
  }
}
