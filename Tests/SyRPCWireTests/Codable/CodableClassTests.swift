import SyRPCWire
import Testing

private class Animal: Codable {
  var name: String
  init(name: String) { self.name = name }
}

/// Has its superclass beneath the key `super`.
private final class Dog: Animal {
  private enum Key: CodingKey { case age }
  var age: UInt8
  init(name: String, age: UInt8) {
    self.age = age
    super.init(name: name)
  }
  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    age = try container.decode(UInt8.self, forKey: .age)
    try super.init(from: container.superDecoder())
  }
  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try super.encode(to: container.superEncoder())
    try container.encode(age, forKey: .age)
  }
}

/// Shares the container of its superclass.
private final class Cat: Animal {
  private enum Key: CodingKey { case lives }
  var lives: Int
  init(name: String, lives: Int) {
    self.lives = lives
    super.init(name: name)
  }
  required init(from decoder: any Decoder) throws {
    lives = try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .lives)
    try super.init(from: decoder)
  }
  override func encode(to encoder: any Encoder) throws {
    try super.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(lives, forKey: .lives)
  }
}

/// Has its superclass in an array.
private final class Fish: Animal {
  var depth = 0
  required init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    let parent = try container.superDecoder()
    depth = try container.decode(Int.self)
    try super.init(from: parent)
  }
  init() { super.init(name: "f") }
  override func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try super.encode(to: container.superEncoder())
    try container.encode(depth)
  }
}

@Suite struct CodableClassTests {
  @Test func superclassBeneathAKey() throws {
    let json = try JSON(encoding: [Dog(name: "d", age: 3)])
    #expect(try json.text == #"[{"super":{"name":"d"},"age":3}]"#)
    let dog = try #require(try json.decoded(as: [Dog].self).first)
    #expect((dog.name, dog.age) == ("d", 3))
    let broken: JSON = [["age": 1, "super": ["name": 2]]]
    #expect(
      decodingFailure { _ = try broken.decoded(as: [Dog].self) }
        == "typeMismatch(String) [0].super.name: expected a string, found an integer")
  }

  @Test func superclassInTheSameObject() throws {
    let json = try JSON(encoding: Cat(name: "c", lives: 9))
    #expect(try json.text == #"{"name":"c","lives":9}"#)
    let cat = try json.decoded(as: Cat.self)
    #expect((cat.name, cat.lives) == ("c", 9))
  }

  @Test func superclassInAnArray() throws {
    let json = try JSON(encoding: Fish())
    #expect(try json.text == #"[{"name":"f"},0]"#)
    #expect(try json.decoded(as: Fish.self).name == "f")
  }
}
