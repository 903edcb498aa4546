# why: spaces before the parenthesis
__import__  ("subprocess")  .run(["id"])
