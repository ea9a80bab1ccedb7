/// What the YAML reader found wrong. It tells that in English words alone, of which those are known here that a slip of the hand leads
/// to; the others are passed on as they are.
enum YAMLProblem {
  static func chinese(_ problem: String) -> String {
    switch problem {
    case "mapping values are not allowed in this context": "这里不能有冒号"
    case "mapping keys are not allowed in this context": "这里不能有键"
    case "block sequence entries are not allowed in this context": "这里不能有以 '-' 开头的项"
    case "could not find expected ':'": "缺少 ':'"
    case "did not find expected key": "缺少键；也许是缩进不对"
    case "did not find expected node content": "缺少内容"
    case "did not find expected '-' indicator": "缺少 '-'；也许是缩进不对"
    case "did not find expected ',' or ']'": "缺少 ',' 或 ']'"
    case "did not find expected ',' or '}'": "缺少 ',' 或 '}'"
    case "did not find expected <document start>": "文件已经结束，后面还有内容"
    case "did not find expected comment or line break": "这里只能有注释或换行"
    case "did not find expected whitespace or line break": "缺少空格或换行"
    case "did not find expected alphabetic or numeric character": "'&' 或 '*' 之后缺少名字"
    case "found unexpected end of stream": "引号没有结束"
    case "found unexpected document indicator": "引号没有结束"
    case "found unknown escape character": "反斜杠之后的字符无效"
    case "found character that cannot start any token": "这里不能以这个字符开头"
    case "found a tab character that violates indentation": "缩进中有制表符"
    case "found a tab character where an indentation space is expected": "缩进中有制表符"
    case "found unexpected ':'": "多余的 ':'"
    case "found undefined alias": "'*' 之后的名字没有定义"
    case "did not find expected tag URI": "'!' 之后缺少名字"
    case "did not find expected version number": "'%YAML' 之后缺少版本"
    case "found undefined tag handle": "'!' 之后的名字没有定义"
    case "control characters are not allowed": "有控制字符"
    default: problem
    }
  }
}
